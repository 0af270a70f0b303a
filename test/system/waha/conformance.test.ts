import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { builtRoutes, REFUSED } from './built-routes.ts'
import { WAHA_ROUTES, type WahaRoute } from './routes-of-waha.ts'
import { conforms } from './rows.ts'
import { CALLERS } from './sections/callers.ts'
import { CHATS } from './sections/chats.ts'
import { tellsEvents } from './sections/events.ts'
import { GROUPS, LEAVING } from './sections/groups.ts'
import { LABELS } from './sections/labels.ts'
import { OTHERS } from './sections/others.ts'
import { PEOPLE } from './sections/people.ts'
import { SENDING } from './sections/sending.ts'
import { SERVER } from './sections/server.ts'
import { SESSIONS } from './sections/sessions.ts'
import { WahaWorld } from './waha-world.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

/**
 * The routes of WAHA, each as programs send it: the request with the fields that their forms send, the answer with the fields that they
 * read, and what their webhooks are told. All rows share one sandbox, in order.
 */

let waha: WahaWorld
beforeAll(async () => {
  waha = await WahaWorld.start()
})
afterAll(() => waha[Symbol.asyncDispose]())

const world = () => waha

conforms('the server', world, SERVER)
conforms('groups', world, GROUPS)
conforms('sending', world, SENDING)
conforms('messages and chats', world, CHATS)
conforms('people', world, PEOPLE)
conforms('programs', world, CALLERS)
conforms('labels', world, LABELS)
conforms('status, channels and calls', world, OTHERS)
describe('a webhook is told', () => tellsEvents(world))
conforms('leaving', world, LEAVING)
conforms('sessions', world, SESSIONS)

describe('the routes of WAHA', () => {
  test('are all in this suite: each was answered, or is refused with a reason', async () => {
    const built = await builtRoutes(waha)
    const isAnswered = (route: WahaRoute): boolean =>
      [...(waha.answered.get(route) ?? [])].some((status) => status < 300) || REFUSED.includes(route)
    const missing = WAHA_ROUTES.filter((route) => built.has(route) && !isAnswered(route))
    const notBuilt = WAHA_ROUTES.filter((route) => !built.has(route))
    expect({ missing, notBuilt }).toEqual({ missing: [], notBuilt: [] })
  })
})
