import { randomBytes } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { sessionDocumentSchema, sessionPath, type SessionDocument } from '@holdfast/core/session/session-document'
import { SERVER_TIME, type Change } from '@holdfast/core/platform/ports'
import { DEFAULT_RECONNECT_POLICY, type ReconnectPolicy } from '@holdfast/core/session/disconnect-policy'
import type { ReasonCode } from '@holdfast/core/session/session-states'
import type { AskToDial, DialTurn } from '../../../runner/src/session/connection/dial-place.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import type { Dial, GivenParts, RunnerOptions, RunnerUnderTest } from '../../support/engine/runner-under-test.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'

const { clients, startRunner: start } = runnersOfThisFile()

const startRunner = ({ wrappingKey }: SessionUnderTest, options: Partial<RunnerOptions> = {}): Promise<RunnerUnderTest> =>
  start({ wrappingKey, ...options })

const newSession = () => new SessionUnderTest(clients.documents).create()

async function documentOf({ sessionId }: SessionUnderTest): Promise<SessionDocument> {
  return sessionDocumentSchema.parse((await clients.documents.read(sessionPath(sessionId)))?.fields)
}

const shows = (session: SessionUnderTest) =>
  expect.poll(async () => {
    const { state, reason } = await documentOf(session)
    return `${state} ${reason}`
  })

/** The dial of this number, counted from 1. */
async function dialOf(runner: RunnerUnderTest, number: number): Promise<Dial> {
  await expect.poll(() => runner.dials.length).toBeGreaterThanOrEqual(number)
  return runner.dials[number - 1] as Dial
}

const change = (session: SessionUnderTest, fields: Record<string, unknown>) =>
  clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields }])

/** Removes the owner, as if it had died. Its next append is refused. */
const orphan = (session: SessionUnderTest) => change(session, { runnerId: null })

async function restart({ sessionId }: SessionUnderTest): Promise<void> {
  const id = `${sessionId}-restart-${randomBytes(3).toString('hex')}`
  const fields = { v: 1, tenant: 'default', sessionId, type: 'restart', state: 'pending', requestedBy: 'api', why: 'a test' }
  await clients.documents.commit([
    { kind: 'create', path: recoveryActionPath(id), fields: { ...fields, steps: [], requestedAt: SERVER_TIME } },
  ])
}

const recordsOf = async ({ sessionId }: SessionUnderTest): Promise<number> =>
  (await clients.documents.query({ collection: journalPath(sessionId), select: ['kind'] })).length

/** Short delays, so that a row of failures takes no time. */
const QUICK: ReconnectPolicy = {
  ...DEFAULT_RECONNECT_POLICY,
  network: { firstMs: 20, limitMs: 40 },
  whatsappDelaysMs: [20],
  pairingRounds: 2,
}

const nothingIsDialled = (runner: RunnerUnderTest, dials: number) =>
  expect(vi.waitUntil(() => runner.dials.length > dials, { timeout: 800 })).rejects.toThrow('Timed out')

test('a session that connects again and again leaves no listener at its journal', async () => {
  const session = await newSession()
  let listening = 0
  const onClient = ({ state: { journal } }: GivenParts): void => {
    const listen = journal.onDurable.bind(journal)
    journal.onDurable = (listener) => {
      listening++
      const end = listen(listener)
      return () => {
        listening--
        end()
      }
    }
  }
  const runner = await startRunner(session, { reconnect: QUICK, onClient })
  for (const number of [1, 2, 3]) (await dialOf(runner, number)).events.onClose(503)
  await dialOf(runner, 4)
  expect(listening).toBe(1)
  await runner.leave()
  expect(listening).toBe(0)
})

describe('an error of WhatsApp', () => {
  test('leads to one attempt at once and then to a wait that the session shows', async () => {
    const session = await newSession()
    const runner = await startRunner(session)
    ;(await dialOf(runner, 1)).events.onClose(503)
    ;(await dialOf(runner, 2)).events.onClose(503)
    await shows(session).toBe('BACKOFF whatsapp-trouble')
    const { nextAttemptAt, since, lastDisconnect } = await documentOf(session)
    expect(Number(nextAttemptAt) - Number(since)).toBeGreaterThan(50_000)
    expect(lastDisconnect).toMatchObject({ code: 503, class: 'whatsapp', reason: 'whatsapp-trouble', at: expect.any(Date) })
  })

  test.each(['after a hand-over', 'after a death'])('makes the next owner wait for the rest of the time, %s', async (how) => {
    const session = await newSession()
    const runner = await startRunner(session)
    ;(await dialOf(runner, 1)).events.onClose(503)
    ;(await dialOf(runner, 2)).events.onClose(503)
    await shows(session).toBe('BACKOFF whatsapp-trouble')
    const { nextAttemptAt } = await documentOf(session)
    if (how === 'after a death') await orphan(session)
    else await runner.leave()
    const next = await startRunner(session)
    await expect.poll(() => next.sessions.size + runner.sessions.size).toBe(1)
    await expect.poll(async () => (await documentOf(session)).epoch).toBeGreaterThan(1)
    await shows(session).toBe('BACKOFF whatsapp-trouble')
    expect((await documentOf(session)).nextAttemptAt).toEqual(nextAttemptAt)
    await nothingIsDialled(next, 0)
  })

  test('is counted across owners, which share the attempts of one schedule', async () => {
    const session = await newSession()
    let dials = 0
    // The schedule has one immediate attempt and five more. Each owner makes two of them.
    for (let owner = 1; owner <= 3; owner++) {
      const runner = await startRunner(session, { reconnect: QUICK })
      for (let dial = 1; dial <= 2; dial++) {
        ;(await dialOf(runner, dial)).events.onClose(503)
        dials++
      }
      await shows(session).toMatch(/^BACKOFF whatsapp-trouble|CONNECTING/)
      await expect.poll(() => runner.dials.length).toBe(3)
      await runner.leave()
    }
    const last = await startRunner(session, { reconnect: QUICK })
    ;(await dialOf(last, 1)).events.onClose(503)
    await shows(session).toBe('NEEDS_ATTENTION whatsapp-keeps-failing')
    expect(dials).toBe(6)
    await nothingIsDialled(last, 1)
  })

  test('that repeats needs attention in the end, and a restart begins the schedule anew', async () => {
    const session = await newSession()
    const runner = await startRunner(session, { reconnect: QUICK })
    for (let dial = 1; dial <= 7; dial++) (await dialOf(runner, dial)).events.onClose(503)
    await shows(session).toBe('NEEDS_ATTENTION whatsapp-keeps-failing')
    await nothingIsDialled(runner, 7)
    await restart(session)
    for (let dial = 8; dial <= 13; dial++) (await dialOf(runner, dial)).events.onClose(503)
    await dialOf(runner, 14)
  })

  test('is stored in the same record as the wait that follows it', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(clients.documents)
    const runner = await startRunner(session, { documents })
    ;(await dialOf(runner, 1)).events.onClose(503)
    const second = await dialOf(runner, 2)
    await expect.poll(async () => (await documentOf(session)).state).toBe('CONNECTING')
    const before = await recordsOf(session)
    // The next record is written and every later one hangs, as if the runner died right after that record.
    const isRecord = (step: Change): boolean => step.kind === 'create' && step.path.startsWith(journalPath(session.sessionId))
    let written = 0
    documents.faults((changes) => (changes.some(isRecord) && ++written > 1 ? 'hang' : null))
    second.events.onClose(503)
    await expect.poll(() => recordsOf(session)).toBe(before + 1)
    await orphan(session)
    const next = await startRunner(session)
    await shows(session).toBe('BACKOFF whatsapp-trouble')
    await nothingIsDialled(next, 0)
    documents.faults(null)
    documents.release()
  })

  test('is forgotten when an operator stops the session and starts it', async () => {
    const session = await newSession()
    const runner = await startRunner(session)
    ;(await dialOf(runner, 1)).events.onClose(503)
    ;(await dialOf(runner, 2)).events.onClose(503)
    await shows(session).toBe('BACKOFF whatsapp-trouble')
    await change(session, { wanted: 'offline' })
    await shows(session).toBe('STOPPED requested')
    expect((await documentOf(session)).nextAttemptAt).toBeNull()
    await change(session, { wanted: 'online' })
    ;(await dialOf(runner, 3)).events.onClose(503)
    await dialOf(runner, 4)
  })
})

describe('a bad session', () => {
  test('is read again from the stores after the second failure, and then connects on schedule', async () => {
    const session = await newSession()
    const runner = await startRunner(session, { reconnect: QUICK })
    ;(await dialOf(runner, 1)).events.onClose(500)
    ;(await dialOf(runner, 2)).events.onOpen()
    expect(runner.openings).toBe(1)
    runner.dials[1]?.events.onClose(500)
    ;(await dialOf(runner, 3)).events.onOpen()
    await shows(session).toBe('CONNECTED logged-in')
    expect(runner.openings).toBe(2)
    expect((await documentOf(session)).lastDisconnect).toMatchObject({ code: 500, class: 'bad-session', reason: 'bad-session' })
  })
})

describe('a banned account', () => {
  test('shows the end of the ban, and is not dialled by the next owner either', async () => {
    const session = await newSession()
    const runner = await startRunner(session)
    const dial = await dialOf(runner, 1)
    const before = Date.now()
    dial.events.onClose(402, { banMs: 3_600_000 })
    await shows(session).toBe('BANNED temporarily-banned')
    const { bannedUntil, sentence, userAction } = await documentOf(session)
    expect(Number(bannedUntil)).toBeGreaterThanOrEqual(before + 3_600_000)
    expect(Number(bannedUntil)).toBeLessThan(Date.now() + 3_600_001)
    const day = bannedUntil?.toISOString().slice(0, 10)
    expect([sentence, userAction]).toEqual([expect.stringContaining(`until ${day}`), expect.stringContaining(`after ${day}`)])
    await runner.leave()
    const next = await startRunner(session)
    await nothingIsDialled(next, 0)
    expect(await documentOf(session)).toMatchObject({ state: 'BANNED', bannedUntil, sentence })
    await restart(session)
    await dialOf(next, 1)
    await shows(session).toBe('CONNECTING opening-socket')
    expect((await documentOf(session)).bannedUntil).toBeNull()
  })
})

describe('a client version that WhatsApp refuses', () => {
  test('is tried again after an hour, and at once by a new process', async () => {
    const session = await newSession()
    const runner = await startRunner(session)
    ;(await dialOf(runner, 1)).events.onClose(405)
    await shows(session).toBe('BACKOFF client-outdated')
    const { nextAttemptAt, since, userAction } = await documentOf(session)
    expect(Number(nextAttemptAt) - Number(since)).toBeGreaterThan(55 * 60_000)
    expect(userAction).toContain('WHATSAPP_WEB_VERSION')
    await runner.leave()
    await dialOf(await startRunner(session), 1)
  })
})

describe('QR codes', () => {
  test('that are not scanned end after a limit across owners, and begin again with a restart', async () => {
    const session = await newSession()
    const runner = await startRunner(session, { reconnect: QUICK })
    const first = await dialOf(runner, 1)
    first.events.onQr('the first code', 1000)
    await shows(session).toBe('PAIRING scan-qr')
    first.events.onClose(408)
    await dialOf(runner, 2)
    await runner.leave()
    const next = await startRunner(session, { reconnect: QUICK })
    const second = await dialOf(next, 1)
    second.events.onQr('the second code', 1000)
    second.events.onClose(408)
    await shows(session).toBe('NEEDS_ATTENTION qr-not-scanned')
    expect(await documentOf(session)).toMatchObject({ pairing: null, lastDisconnect: { class: 'pairing' } })
    await nothingIsDialled(next, 1)
    await restart(session)
    ;(await dialOf(next, 2)).events.onQr('a code after the restart', 1000)
    await shows(session).toBe('PAIRING scan-qr')
  })

  test('of a connection that the network ended do not count as a round', async () => {
    const session = await newSession()
    const runner = await startRunner(session, { reconnect: QUICK })
    for (let dial = 1; dial <= 4; dial++) {
      const { events } = await dialOf(runner, dial)
      events.onQr('a code', 1000)
      events.onClose(408, { transport: 'broken' })
    }
    await dialOf(runner, 5)
  })

  test('end when the session is stopped', async () => {
    const session = await newSession()
    const runner = await startRunner(session, { reconnect: QUICK })
    ;(await dialOf(runner, 1)).events.onQr('a code', 60_000)
    await shows(session).toBe('PAIRING scan-qr')
    await change(session, { wanted: 'offline' })
    await shows(session).toBe('STOPPED requested')
    expect((await documentOf(session)).pairing).toBeNull()
    expect(runner.dials).toMatchObject([{ isOver: true }])
    await nothingIsDialled(runner, 1)
  })
})

describe('a session that an outage keeps from dialling', () => {
  test('says so, dials nothing, and connects when the outage is over', async () => {
    const session = await newSession()
    let turn: { granted: boolean; heldBecause: ReasonCode | null } = { granted: false, heldBecause: 'outage-network' }
    let tell = () => {}
    const askToDial: AskToDial = (_, onGranted) => {
      tell = onGranted
      return {
        get isGranted() {
          return turn.granted
        },
        get heldBecause() {
          return turn.heldBecause
        },
        end() {},
      }
    }
    const runner = await startRunner(session, { askToDial })
    await shows(session).toBe('BACKOFF outage-network')
    const records = await recordsOf(session)
    turn = { granted: false, heldBecause: 'outage-whatsapp' }
    tell()
    await shows(session).toBe('BACKOFF outage-whatsapp')
    // It says so once, however often it is woken.
    for (let times = 0; times < 5; times++) tell()
    await nothingIsDialled(runner, 0)
    expect(await recordsOf(session)).toBe(records + 1)
    turn = { granted: true, heldBecause: null }
    tell()
    await dialOf(runner, 1)
    await shows(session).toBe('CONNECTING opening-socket')
  })
})

describe('a session that waits for its turn to dial', () => {
  const never = () => {
    const turns: { kind: string; ended: boolean }[] = []
    const askToDial = (kind: string): DialTurn => {
      const turn = { kind, ended: false }
      turns.push(turn)
      return { isGranted: false, end: () => (turn.ended = true) }
    }
    return { turns, askToDial }
  }

  test('can be stopped, and gives its place back', async () => {
    const session = await newSession()
    const { turns, askToDial } = never()
    const runner = await startRunner(session, { askToDial })
    await expect.poll(() => turns).toEqual([{ kind: 'pairing', ended: false }])
    await change(session, { wanted: 'offline' })
    await shows(session).toBe('STOPPED requested')
    expect(turns).toEqual([{ kind: 'pairing', ended: true }])
    expect(runner.dials).toEqual([])
  })

  test('is handed over without a further wait', async () => {
    const session = await newSession()
    const { turns, askToDial } = never()
    const runner = await startRunner(session, { askToDial })
    await expect.poll(() => turns.length).toBe(1)
    await runner.leave()
    expect((await documentOf(session)).runnerId).toBeNull()
    await dialOf(await startRunner(session), 1)
  })
})
