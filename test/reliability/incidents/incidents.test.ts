import { journalPath } from '@holdfast/core/journal/journal-record'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { slotOf } from '../../support/owning-runner.ts'
import { type Chat, EngineWorld, eventually } from '../../support/engine-world.ts'

/**
 * The incidents that this product exists for. Each once ended with a lost session, a new QR code or a lost message in a gateway of the
 * usual kind. Here each is replayed, and ends by itself.
 */

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start({
    runners: 2,
    runnerNetworks: true,
    movableClock: true,
    schedules: false,
    // A minute of the sandbox's clock has no length, so failures of the network may follow one another quickly.
    runnerEnv: {
      RECONNECT_NETWORK_FIRST_MS: '100',
      RECONNECT_NETWORK_LIMIT_MS: '500',
      DEAF_AFTER_MS: '1000',
      // A move connects a session anew, which would cure it before it is found deaf.
      REBALANCING: 'false',
      SEND_ACK_TIMEOUT_MS: '2000',
      CHECKPOINT_RECORDS: '16',
    },
  })
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

const slots = (): string[] => world.sandbox.runners().map(({ name }) => name)

/** Cuts all runners off from WhatsApp, and returns the way back. */
async function withoutWhatsApp(): Promise<() => Promise<void>> {
  const change = async (how: 'refuse' | 'pass') => {
    await Promise.all(slots().map((slot) => world.sandbox.networkOf(slot).whatsapp.change({ how })))
  }
  await change('refuse')
  return () => change('pass')
}

/** Lets minutes pass, with the schedule of each. */
async function minutesPass(minutes: number, each: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += each) {
    await world.sandbox.advanceClock({ minutes: each })
    await world.sandbox.fireSchedule('sweep')
  }
}

/** Lets messages arrive until the journal alone does not hold the state any more: without its checkpoint the session would be lost. */
async function untilTrimmed(chat: Chat): Promise<void> {
  await eventually(async () => {
    await Promise.all(Array.from({ length: 10 }, (_, index) => chat.receive(`earlier ${index}`)))
    const records = await world.google.documents.query({ collection: journalPath(chat.sessionId) })
    expect(Number((await chat.document())['journalHead'])).toBeGreaterThan(2 * records.length)
  })
}

/** The session still has its one device, its key and its state, and messages flow both ways. */
async function isWhole(chat: Chat, word: string): Promise<void> {
  await chat.works()
  const job = await chat.send(`out ${word}`)
  await chat.receive(`in ${word}`)
  await chat.untilStatus(job, 'delivered')
  await eventually(async () => expect(await chat.stored()).toContain(`in ${word}`))
  expect((await chat.account()).registrations).toBe(1)
  expect(await world.google.documents.read(sessionKeyPath(chat.sessionId))).not.toBeNull()
}

test('a message stuck in processing: the next owner sends it under its id, and the contact has it once', async () => {
  // A receipt of the contact would do as well as the ack.
  const chat = await world.linked('stuck', { receipts: false })
  await chat.fault('hold-acks')
  const job = await chat.send('on the wire')
  await world.happens(({ type, id }) => type === 'contact-received' && id === job.messageId)
  expect((await chat.job(job)).status).toBe('processing')
  for (const runner of world.sandbox.runners()) runner.kill('SIGKILL')
  await world.clearFaults()
  await chat.untilStatus(job, 'sent')
  expect(await chat.received()).toMatchObject([{ id: job.messageId, text: 'on the wire' }])
  await chat.works()
  expect((await chat.account()).registrations).toBe(1)
})

test('a session that never reconnected: it tries for as long as the network is away, and is back by itself', async () => {
  const chat = await world.linked('never-back')
  const back = await withoutWhatsApp()
  await eventually(async () => expect((await world.api.session(chat.name)).status).toBe('STARTING'))
  await minutesPass(120, 30)
  // Many times the longest pause between two attempts.
  await pause(3_000)
  expect((await world.api.session(chat.name)).status).toBe('STARTING')
  await back()
  await isWhole(chat, 'after the silence')
})

test('credentials that cannot be read for a moment are no missing credentials: the session waits, and shows no QR code', async () => {
  const chat = await world.linked('unreadable')
  await untilTrimmed(chat)
  const owner = await slotOf(world.sandbox, world.api, chat.name)
  const next = slots().find((slot) => slot !== owner) ?? ''
  const before = (await chat.document())['runnerId']
  const { storage } = world.sandbox.networkOf(next)
  // Every answer of Cloud Storage to the next owner breaks off.
  await storage.change({ how: 'cut', seed: 1, leastBytes: 0, mostBytes: 60 })
  await world.sandbox.stopRunner(owner)
  await eventually(async () => expect((await chat.document())['runnerId']).not.toBe(before))
  await eventually(() => expect(storage.counts.cut).toBeGreaterThan(2))
  for (let look = 0; look < 5; look++, await pause(300)) expect((await world.api.session(chat.name)).status).toBe('STARTING')
  expect(await world.api.qrCode(chat.name)).toBeNull()
  await storage.change({ how: 'pass' })
  await isWhole(chat, 'readable again')
  await world.sandbox.startRunner(owner)
})

test('a deaf session: it is found out by what does not arrive, and hears again by itself', async () => {
  const chat = await world.linked('deaf')
  const { logins } = await chat.account()
  await chat.fault('deaf')
  await chat.receive('to deaf ears')
  const job = await chat.send('from deaf ears')
  await eventually(async () => expect(await chat.stored()).toContain('to deaf ears'))
  await chat.untilStatus(job, 'delivered')
  expect((await chat.account()).logins).toBeGreaterThan(logins)
  const recovery = await eventually(async () => {
    const { recoveries } = (await (await world.sandbox.api('/api/recoveries')).json()) as {
      recoveries: Record<string, unknown>[]
    }
    return recoveries.find(({ session, state }) => session === chat.name && state === 'done') ?? expect.fail()
  })
  expect(recovery).toMatchObject({ type: 'recover', requestedBy: 'runner' })
  await isWhole(chat, 'heard again')
})

test('24 hours without a phone: the session goes on working, and is still the same afterwards', async () => {
  const chat = await world.linked('phoneless')
  await world.post(`/phones/${chat.phone}/presence`, { online: false })
  await minutesPass(24 * 60, 4 * 60)
  await isWhole(chat, 'while the phone is off')
  await world.post(`/phones/${chat.phone}/presence`, { online: true })
  await isWhole(chat, 'with the phone')
})

test('a restart of everything: no QR code is scanned again', async () => {
  const chat = await world.linked('restarted')
  const { functions, storage, tasks } = world.sandbox
  for (const part of [...world.sandbox.runners(), functions, storage, tasks]) part?.kill('SIGKILL')
  await eventually(async () => expect((await chat.account()).logins).toBeGreaterThan(1))
  await isWhole(chat, 'after the restart')
})
