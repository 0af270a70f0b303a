import { randomInt } from 'node:crypto'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { expect, test } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

// A session with the records of two thousand contacts and forty groups comes below the first level, and everybody stays readable.

const CONTACTS = 2000
const GROUPS = 40
/** Members of a group that write to it. Each leaves a sender key: with one Signal session for each contact that makes 7,400 records. */
const WRITERS = 135
/** Who writes within the ages of the policy: their records stay. */
const ACTIVE = { contacts: 60, writers: 20 }
const MINUTES_MS = 60_000
const AT_ONCE = 12

interface Records {
  readonly level: string
  readonly counted: number
}

const json = async <Body>(world: EngineWorld, path: string, body?: object): Promise<Body> =>
  (await (await world.sandbox.api(path, body && { json: body })).json()) as Body

/** Who writes to a group: the contacts in turn, so that each writes to two or three groups. */
const writersOf = (group: number, contacts: readonly string[]): string[] =>
  Array.from({ length: WRITERS }, (_, index) => contacts[(group * WRITERS + index) % contacts.length] ?? '')

async function untilAllAcknowledged(chat: Chat): Promise<void> {
  await eventually(async () => expect(await chat.account()).toMatchObject({ offlineQueue: 0 }), 10 * MINUTES_MS)
}

/** Lets everybody say something, and returns what was said. */
async function everybodySays(
  { world, chat, contacts, groups }: { world: EngineWorld; chat: Chat; contacts: readonly string[]; groups: readonly string[] },
  what: string,
): Promise<string[]> {
  const said = contacts.map((contact, index) => ({ contact, text: `${what} from ${index}` }))
  await inParallel(AT_ONCE, said, async ({ contact, text }) => {
    await world.simulator.sendAsContact(contact, chat.phone, text)
  })
  const inGroups = groups.flatMap((group, number) =>
    writersOf(number, contacts).map((contact, index) => ({ group, contact, text: `${what} from ${index} in ${number}` })),
  )
  await inParallel(AT_ONCE, inGroups, async ({ group, contact, text }) => {
    await world.simulator.sendToGroupAsContact(group, contact, text)
  })
  await untilAllAcknowledged(chat)
  return [...said, ...inGroups].map(({ text }) => text)
}

test(
  '7,400 records, of which 80 were used lately, come below the first level, and all contacts stay readable',
  async () => {
    const at = (what: string) => console.log(`${Math.round(performance.now() / 1000)} s: ${what}`)
    await using world = await EngineWorld.start({ movableClock: true })
    // The clean-up is asked for when everything is as it has to be, and not by the sweep.
    await world.sandbox.api('/api/tenant', { method: 'PATCH', json: { config: { cleanup: { isAutomatic: false } } } })
    const chat = await world.linked('many')
    const contacts = Array.from(
      { length: CONTACTS },
      (_, index) => `${randomInt(10_000, 99_999)}${String(index).padStart(6, '0')}`,
    )
    await inParallel(AT_ONCE, contacts, (contact) => world.simulator.createContact(contact, `Contact ${contact}`))
    const groups: string[] = []
    for (let number = 0; number < GROUPS; number++) {
      groups.push(await world.simulator.createGroup(`Group ${number}`, [chat.phone, ...writersOf(number, contacts)]))
    }
    const everybody = { world, chat, contacts, groups }
    at('everybody exists')
    const first = await everybodySays(everybody, 'before')
    at(`${first.length} messages are acknowledged`)
    const records = () => json<Records>(world, '/api/sessions/many/records')
    const before = await eventually(async () => {
      const found = await records()
      expect(found.counted).toBeGreaterThanOrEqual(CONTACTS + GROUPS * WRITERS)
      return found
    })
    at(`${before.counted} records count`)

    await world.sandbox.advanceClock({ days: 20 })
    await inParallel(AT_ONCE, contacts.slice(0, ACTIVE.contacts), async (contact) => {
      await world.simulator.sendAsContact(contact, chat.phone, 'lately')
    })
    await inParallel(AT_ONCE, writersOf(0, contacts).slice(0, ACTIVE.writers), async (contact) => {
      await world.simulator.sendToGroupAsContact(groups[0] ?? '', contact, 'lately')
    })
    await untilAllAcknowledged(chat)
    const { id } = await json<{ id: string }>(world, '/api/sessions/many/cleanup', {})
    const done = await eventually(async () => {
      const action = await json<{ state: string; report: { moved: object } }>(world, `/api/sessions/many/actions/${id}`)
      expect(action.state).toBe('done')
      return action
    }, 5 * MINUTES_MS)
    at(JSON.stringify(done.report.moved))
    const after = await eventually(async () => {
      const found = await records()
      expect(found.counted).toBeLessThan(150)
      return found
    })
    at(`${after.counted} records count`)
    expect(after).toMatchObject({ level: 'healthy' })
    expect(after.counted).toBeGreaterThanOrEqual(ACTIVE.contacts + ACTIVE.writers)

    const second = await everybodySays(everybody, 'after')
    at('everybody has written again')
    const job = await chat.send('and back')
    await chat.untilStatus(job, 'delivered')
    const stored = new Set(await chat.stored())
    expect(second.filter((text) => !stored.has(text))).toEqual([])
    expect(world.happened.filter(({ type }) => type === 'retry-receipt')).toEqual([])
    expect((await world.simulator.state()).violations).toEqual([])
  },
  60 * MINUTES_MS,
)
