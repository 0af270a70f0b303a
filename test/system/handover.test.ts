import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { SERVER_TIME } from '@holdfast/core/platform/ports'
import type { AcceptedMessage } from '@holdfast/client/types'
import { slotOf } from '../support/owning-runner.ts'
import type { Exit } from '../../sandbox/processes.ts'
import { Chat, EngineWorld, eventually } from '../support/engine-world.ts'

let world: EngineWorld

beforeAll(async () => {
  // The limit is so long that every session that moves in these tests was handed over, not taken from a dead runner.
  world = await EngineWorld.start({ runners: 2, runnerEnv: { RUNNER_DEAD_AFTER_MS: '120000' } })
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

const epochOf = async (chat: Chat): Promise<number> => Number((await chat.document())['epoch'])

const isOffline = (chat: Chat) => eventually(async () => expect((await chat.account()).connected).toBe(false))

/** The traffic of one session: the jobs that the API accepted and the texts that a contact wrote. */
interface Flow {
  chat: Chat
  jobs: AcceptedMessage[]
  texts: string[]
}

const MESSAGES = 16
const LEAVES_AT = 5

/** Sends messages both ways in all sessions at once, and calls `meanwhile` in the middle. */
async function flow(chats: readonly Chat[], meanwhile: () => void): Promise<Flow[]> {
  const flows = chats.map((chat) => ({ chat, jobs: [] as AcceptedMessage[], texts: [] as string[] }))
  for (let index = 0; index < MESSAGES; index++) {
    await Promise.all(
      flows.map(async ({ chat, jobs, texts }) => {
        jobs.push(await chat.send(`out ${index}`))
        texts.push(`in ${index}`)
        await chat.receive(`in ${index}`)
      }),
    )
    if (index === LEAVES_AT) meanwhile()
  }
  return flows
}

async function expectNothingLost({ chat, jobs, texts }: Flow): Promise<void> {
  for (const job of jobs) await chat.untilStatus(job, 'delivered')
  const ofTheFlow = (all: string[]) => all.filter((text) => /^(in|out) \d+$/.test(text))
  await eventually(async () => expect(ofTheFlow(await chat.stored()).toSorted()).toEqual(texts.toSorted()))
  expect(ofTheFlow((await chat.received()).map(({ text }) => text))).toEqual(jobs.map((_, index) => `out ${index}`))
  expect((await chat.account()).registrations).toBe(1)
}

describe('a runner with several sessions that receives a stop signal while messages flow', () => {
  const chats: Chat[] = []

  beforeAll(async () => {
    // All sessions start on the one runner that is alive.
    await world.sandbox.stopRunner('runner-2')
    for (const name of ['moving-1', 'moving-2', 'moving-3']) chats.push(await world.linked(name))
    await world.sandbox.startRunner('runner-2')
  })

  test('hands all of them over within 8 s, loses nothing and sends no acked message again', async () => {
    const slot = await slotOf(world.sandbox, world.api, 'moving-1')
    const runner = world.sandbox.runner(slot)
    const ownersOf = () => Promise.all(chats.map(async (chat) => String((await chat.document())['runnerId'])))
    const [oldOwner = '', ...others] = await ownersOf()
    expect(others).toEqual([oldOwner, oldOwner])
    const epochs = await Promise.all(chats.map(epochOf))
    let leftAt = 0
    const exited = new Promise<Exit & { tookMs: number }>((resolve) =>
      runner.once('exited', (exit) => resolve({ ...exit, tookMs: performance.now() - leftAt })),
    )
    let stopped: Promise<void> | undefined
    const flows = await flow(chats, () => {
      leftAt = performance.now()
      stopped = runner.stop('SIGTERM')
    })
    const exit = await exited
    expect(exit).toMatchObject({ code: 0, signal: null, expected: true })
    expect(exit.tookMs).toBeLessThan(8000)
    const acked = new Set(world.happened.filter(({ type }) => type === 'acked').map(({ id }) => id))
    await stopped
    for (const chat of chats) await chat.works()
    const newOwners = new Set(await ownersOf())
    expect(newOwners.size).toBe(1)
    expect(newOwners).not.toContain(oldOwner)
    // Each session was released once and claimed once, with no owner in between.
    expect(await Promise.all(chats.map(epochOf))).toEqual(epochs.map((epoch) => epoch + 1))
    for (const each of flows) {
      await expectNothingLost(each)
      const again = (await each.chat.received()).filter(({ id, copies }) => copies > 1 && acked.has(id))
      expect(again).toEqual([])
      const records = await world.google.documents.query({ collection: journalPath(each.chat.sessionId) })
      expect(records.map(({ fields }) => fields['kind'])).toContain('release')
    }
    await world.sandbox.startRunner(slot)
  })
})

describe('a runner that receives SIGTERM while a message is on its way', () => {
  test('waits for the ack of WhatsApp, so that the next owner does not send the message again', async () => {
    const chat = await world.linked('in-flight', { receipts: false })
    const slot = await slotOf(world.sandbox, world.api, 'in-flight')
    const oldOwner = (await chat.document())['runnerId']
    await chat.fault('hold-acks', { ms: 1200 })
    const job = await chat.send('on its way')
    await world.happens(({ type, id }) => type === 'contact-received' && id === job.messageId)
    await world.sandbox.stopRunner(slot)
    await chat.works()
    expect((await chat.document())['runnerId']).not.toBe(oldOwner)
    expect(await chat.job(job)).toMatchObject({ status: 'sent', attempts: 1 })
    expect(await chat.received()).toMatchObject([{ id: job.messageId, copies: 1 }])
    await world.sandbox.startRunner(slot)
  })
})

describe('a session', () => {
  test('is stopped and started repeatedly: offline, online without a scan, and each time with a higher epoch', async () => {
    const chat = await world.linked('on-off')
    const epochs = [await epochOf(chat)]
    const want = async (what: 'stop' | 'start') => {
      const response = await world.sandbox.api(`/api/sessions/on-off/${what}`, { method: 'POST' })
      expect(response.status).toBe(201)
    }
    for (let round = 0; round < 3; round++) {
      await want('stop')
      await chat.untilSession('STOPPED STOPPED requested')
      expect((await chat.document())['runnerId']).toBeNull()
      await isOffline(chat)
      await chat.receive(`while stopped ${round}`)
      const job = await chat.send(`accepted while stopped ${round}`)
      expect((await chat.job(job)).status).toBe('pending')
      await want('start')
      await chat.works()
      await chat.untilStatus(job, 'delivered')
      epochs.push(await epochOf(chat))
    }
    expect(epochs).toEqual([...new Set(epochs)].toSorted((one, other) => one - other))
    expect(await chat.account()).toMatchObject({ registrations: 1, logins: 4 })
    await eventually(async () => expect(await chat.stored()).toEqual([0, 1, 2].map((round) => `while stopped ${round}`)))
  })

  test.each([
    ['with an empty owner field', { runnerId: null }],
    ['without an owner field', {}],
  ])('that is made by hand in Firestore, %s, is found by a runner and can be linked', async (what, more) => {
    const chat = new Chat(world, `by-hand-${what.length}`)
    const fields = { v: 1, tenant: 'default', name: chat.name, wanted: 'online', createdAt: SERVER_TIME, ...more }
    await world.google.documents.commit([{ kind: 'create', path: sessionPath(chat.sessionId), fields }])
    await world.post('/phones', { phone: chat.phone })
    await world.post('/contacts', { phone: chat.contact, name: 'Bob' })
    const qr = await eventually(async () => {
      const shown = await world.api.qrCode(chat.name).catch(() => null)
      if (shown === null) throw new Error('There is no QR code yet.')
      return shown
    })
    expect(await world.google.documents.read(sessionKeyPath(chat.sessionId))).not.toBeNull()
    await world.simulator.scan(chat.phone, qr)
    await chat.works()
    await chat.untilStatus(await chat.send('from a session made by hand'), 'delivered')
  })
})
