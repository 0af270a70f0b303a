import { RECOVERY_ACTIONS, recoveryActionSchema } from '@holdfast/core/operations/recovery-action-document'
import { RUNNERS, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import { sessionDocumentSchema } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

const HOUR_MS = 60 * 60_000

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start({ movableClock: true, schedules: false, runnerEnv: { DEAF_AFTER_MS: '3000' } })
  // A tenant counts a session as lost after a minute at least; so long is it silent before the server is asked for news.
  await world.google.documents.commit([
    {
      kind: 'merge',
      path: 'tenants/default',
      fields: { v: 1, name: 'default', createdAt: new Date(), config: { thresholds: { silenceMinutes: 1 } } },
    },
  ])
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

async function recoveriesOf({ sessionId }: Chat) {
  const found = await world.google.documents.query({ collection: RECOVERY_ACTIONS, where: [['sessionId', '==', sessionId]] })
  return found.map(({ fields }) => recoveryActionSchema.parse(fields))
}

/** The session's entry in the heartbeat of its runner. */
async function reported({ sessionId }: Chat) {
  const runners = await world.google.documents.query({ collection: RUNNERS })
  const [entry = expect.unreachable()] = runners.flatMap(
    ({ fields }) => runnerDocumentSchema.parse(fields).sessions[sessionId] ?? [],
  )
  return entry
}

/** Resolves with the recovery of a session that was deaf, once it has ended. */
const recovered = (chat: Chat) =>
  eventually(async () => {
    const [action] = await recoveriesOf(chat)
    expect(action).toMatchObject({ state: 'done', result: { code: 'hears' } })
    return action ?? expect.unreachable()
  }, 120_000)

/** Asserts that the session has come back with one login more and without a scan, and that messages flow both ways. */
async function isWell(chat: Chat, logins: number): Promise<void> {
  await chat.works()
  expect(await chat.account()).toMatchObject({ registrations: 1, logins })
  await chat.untilStatus(await chat.send('afterwards'), 'delivered')
}

describe('a deaf session is found and reconnected', () => {
  test('when its messages are not acknowledged; the message arrives once', async () => {
    const chat = await world.linked('unheard')
    await chat.untilStatus(await chat.send('before'), 'delivered')
    const { logins } = await chat.account()
    await chat.fault('deaf')
    const job = await chat.send('into the void')
    const action = await recovered(chat)
    expect(action).toMatchObject({ step: 'reconnect', evidence: { cause: 'deaf', evidence: 'no-acks', strength: 'strong' } })
    await chat.untilStatus(job, 'delivered')
    // A slow ack may bring a second copy under the same id, which phones show once.
    expect((await chat.received()).filter(({ text }) => text === 'into the void')).toHaveLength(1)
    await isWell(chat, logins + 1)
  })

  test('when its messages get no receipts while another session gets its own; what was withheld arrives', async () => {
    const [chat, other] = [await world.linked('half-deaf'), await world.linked('beside-it')]
    await chat.untilStatus(await chat.send('before'), 'delivered')
    const { logins } = await chat.account()
    await chat.fault('half-deaf')
    for (const text of ['one', 'two', 'three']) await chat.untilStatus(await chat.send(text), 'sent')
    await chat.receive('withheld')
    await other.receive('heard')
    const action = await recovered(chat)
    expect(action).toMatchObject({ step: 'reconnect', evidence: { cause: 'deaf', evidence: 'no-receipts', strength: 'weak' } })
    await eventually(async () => expect(await chat.stored()).toContain('withheld'))
    await isWell(chat, logins + 1)
  })

  test('when the phone has changed something of which no notice came, although nobody wrote', { timeout: 180_000 }, async () => {
    const chat = await world.linked('untold', { phone: { keyShare: true } })
    await chat.receive('before')
    await world.post(`/phones/${chat.phone}/app-state`, { archive: { chat: chat.contact } })
    const notices = (since: number) =>
      world.happens(
        ({ type, phone, tag, attrsType }) =>
          type === 'frame' && phone === chat.phone && tag === 'ack' && attrsType === 'server_sync',
        since,
      )
    await notices(0)
    // The owner fetches after its ack: a fetch that brought the second change as well would leave nothing to ask for.
    await eventually(async () => {
      const chats = (await (await world.sandbox.api(`/api/${chat.name}/chats`)).json()) as { id: string; archived: boolean }[]
      expect(chats).toContainEqual(expect.objectContaining({ id: `${chat.contact}@c.us`, archived: true }))
    })
    await chat.fault('half-deaf')
    await world.post(`/phones/${chat.phone}/app-state`, { archive: { chat: chat.contact, archived: false } })
    const action = await recovered(chat)
    expect(action.evidence).toMatchObject({ cause: 'deaf', evidence: 'news-withheld', strength: 'strong' })
    await chat.works()
  })
})

describe('a phone that is off', () => {
  test('leaves the session at work for a day, and is told apart from a deaf session', async () => {
    const chat = await world.linked('phone-off', { phone: { sendsReceipts: true } })
    await chat.untilStatus(await chat.send('the phone is on'), 'delivered')
    await eventually(async () => expect((await reported(chat)).phoneSeenAt).not.toBeNull())
    await world.post(`/phones/${chat.phone}/presence`, { online: false })
    const before = (await reported(chat)).phoneSeenAt?.getTime() ?? expect.unreachable()
    await world.sandbox.advanceClock({ hours: 24 })
    await chat.untilStatus(await chat.send('a day later'), 'delivered')
    await chat.receive('heard without the phone')
    await eventually(async () => expect(await chat.stored()).toContain('heard without the phone'))
    await eventually(async () => {
      const { state, phoneSeenAt, deafSince, lastInboundAt } = await reported(chat)
      expect({ state, deafSince }).toEqual({ state: 'CONNECTED', deafSince: null })
      expect(Number(lastInboundAt) - Number(phoneSeenAt)).toBeGreaterThan(23 * HOUR_MS)
      expect(Math.abs(Number(phoneSeenAt) - before)).toBeLessThan(HOUR_MS)
    })
    expect(await recoveriesOf(chat)).toEqual([])
    // The time of the phone survives the owner.
    expect(sessionDocumentSchema.parse(await chat.document()).phoneSeenAt).not.toBeNull()
    await world.post(`/phones/${chat.phone}/presence`, { online: true })
    await chat.untilStatus(await chat.send('the phone is back'), 'delivered')
    await eventually(async () => expect(Number((await reported(chat)).phoneSeenAt) - before).toBeGreaterThan(23 * HOUR_MS))
  })
})
