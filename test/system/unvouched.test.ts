import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

/** Firestore itself says that a session is not connected, once its runner is dead and no other one takes over. */

let world: EngineWorld
let chat: Chat

beforeAll(async () => {
  world = await EngineWorld.start({ schedules: false })
  chat = await world.linked('kept')
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

/** What somebody sees who looks at the document in the console of Firestore. */
const inConsole = async (): Promise<string> => {
  const { state, reason } = await chat.document()
  return `${String(state)} ${String(reason)}`
}

/** Fires the sweep as its schedule would, only more often, until the document says what is wanted. */
const untilSwept = (wanted: string) =>
  eventually(async () => {
    await world.sandbox.fireSchedule('sweep')
    expect(await inConsole()).toBe(wanted)
  })

interface Asked {
  readonly sessions: readonly { readonly outcome: string; readonly action: { readonly id: string } | null }[]
}

async function recoverAll(sessions: readonly string[]): Promise<Asked> {
  const response = await world.sandbox.api('/api/connections/recover', { json: { sessions } })
  return (await response.json()) as Asked
}

test('a session of the only runner, which hangs, is not shown as connected, and is again when the runner wakes up', async () => {
  const runner = world.sandbox.runner('runner-1')
  await world.sandbox.fireSchedule('sweep')
  expect(await inConsole()).toBe('CONNECTED logged-in')
  const { epoch } = await chat.document()
  runner.kill('SIGSTOP')
  await untilSwept('BACKOFF owner-silent')
  expect(await chat.document()).toMatchObject({ downSince: expect.any(Date), epoch })
  await chat.untilSession('STARTING BACKOFF owner-silent')

  runner.kill('SIGCONT')
  await eventually(async () => expect(await inConsole()).toBe('CONNECTED logged-in'))
  await chat.works()
  await world.sandbox.fireSchedule('sweep')
  expect(await inConsole()).toBe('CONNECTED logged-in')
  await chat.untilStatus(await chat.send('after the pause'), 'delivered')
  expect((await chat.account()).registrations).toBe(1)
})

test('a session of a runner that died is not shown as connected, and the next runner takes it over', async () => {
  const runner = world.sandbox.runner('runner-1')
  const exited = new Promise((resolve) => runner.once('exited', resolve))
  const { epoch } = await chat.document()
  // Stopped for ever, as far as anybody sees.
  runner.kill('SIGSTOP')
  await untilSwept('BACKOFF owner-silent')
  // An operator who sees that asks for all lost sessions, twice.
  const asked = await Promise.all([1, 2].map(() => recoverAll([chat.name])))
  expect(asked.map(({ sessions: [session] }) => session?.outcome)).toEqual(['requested', 'requested'])
  const [action] = asked.map(({ sessions: [session] }) => session?.action?.id)
  expect(asked[1]?.sessions[0]?.action?.id).toBe(action)
  runner.kill('SIGKILL')
  await exited
  await chat.works()
  await eventually(async () => expect(await inConsole()).toBe('CONNECTED logged-in'))
  expect(Number((await chat.document())['epoch'])).toBe(Number(epoch) + 1)
  await chat.untilStatus(await chat.send('from the next runner'), 'delivered')
  await eventually(async () => {
    const response = await world.sandbox.api(`/api/recoveries/${action}`)
    expect(await response.json()).toMatchObject({ state: 'done', result: { code: 'connected' }, requestedBy: 'api' })
  })
  expect((await chat.account()).registrations).toBe(1)
})
