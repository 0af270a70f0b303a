import { randomBytes } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import type { OutageVerdict } from '@holdfast/core/operations/network-report'
import { RECOVERY_ACTIONS, recoveryActionPath, recoveryActionSchema } from '@holdfast/core/operations/recovery-action-document'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { SERVER_TIME, type Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import { UNWATCHED } from '../../../runner/src/session/connection/network-port.ts'
import type { Heard } from '../../../runner/src/whatsapp/heard.ts'
import type { Dial, RunnerOptions, RunnerUnderTest } from '../../support/engine/runner-under-test.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'

const MINUTE_MS = 60_000
const DEAF_AFTER_MS = 300

const { clients, startRunner } = runnersOfThisFile()

const ME = { id: '5511900000001@s.whatsapp.net', lid: null }

/** A clock that a test moves on. Timers run in real time; the looks of a session are frequent here. */
function movedClock() {
  let movedMs = 0
  const clock: Clock = {
    ...systemClock,
    now: () => systemClock.now() + movedMs,
    monotonic: () => systemClock.monotonic() + movedMs,
  }
  return { clock, move: (ms: number) => (movedMs += ms) }
}

/** The tenant counts a session as lost after a minute. */
const tenantDefaults = {
  ...DEFAULT_TENANT_SETTINGS,
  pacing: { ...DEFAULT_TENANT_SETTINGS.pacing, enabled: false },
  thresholds: { queueDepth: 100, silenceMinutes: 1 },
}

const newSession = () => new SessionUnderTest(clients.documents).create({ me: ME })

const start = (session: SessionUnderTest, options: Partial<RunnerOptions> = {}): Promise<RunnerUnderTest> =>
  startRunner({
    wrappingKey: session.wrappingKey,
    tenantDefaults,
    recoveryPolicy: { deafAfterMs: DEAF_AFTER_MS },
    ...options,
  })

async function dialOf(runner: RunnerUnderTest, number: number): Promise<Dial> {
  await expect.poll(() => runner.dials.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(number)
  return runner.dials[number - 1] as Dial
}

const BROUGHT: Heard = { kind: 'message', id: null, atMs: null, isBacklog: false, isFromPhone: false }

/** Lets a dial succeed. With `hears` the server also says that there is no backlog. */
function open({ events }: Dial, { hears = true } = {}): void {
  events.onLogin(Date.now())
  events.onOpen()
  events.onProofOfLife()
  if (!hears) return
  events.onHeard({ ...BROUGHT, kind: 'other' })
  events.onBacklog({ what: 'over', count: 0 })
}

/** Makes a connection deaf: its message gets no ack, and the server answers pings. */
function deafen({ events }: Dial, id = 'M1'): void {
  events.onMessageSent(id, 'a contact')
  events.onProofOfLife()
}

async function actionsOf({ sessionId }: SessionUnderTest) {
  const found = await clients.documents.query({ collection: RECOVERY_ACTIONS, where: [['sessionId', '==', sessionId]] })
  return found.map(({ id, fields }) => ({ id, ...recoveryActionSchema.parse(fields) }))
}

const documentOf = async ({ sessionId }: SessionUnderTest) =>
  sessionDocumentSchema.parse((await clients.documents.read(sessionPath(sessionId)))?.fields)

/** Waits for the only recovery of the session in this state. */
async function recoveryOf(session: SessionUnderTest, state: string) {
  await expect.poll(async () => (await actionsOf(session)).map((one) => one.state), { timeout: 20_000 }).toEqual([state])
  const [only = expect.unreachable()] = await actionsOf(session)
  return only
}

const stepsOf = ({ steps }: Awaited<ReturnType<typeof recoveryOf>>) =>
  steps.toSorted((one, other) => one.at.getTime() - other.at.getTime()).flatMap(({ step }) => step ?? [])

async function ask({ sessionId }: SessionUnderTest, fields: Record<string, unknown>): Promise<string> {
  const id = `${sessionId}-recover-${randomBytes(3).readUIntBE(0, 3) + 1_000_000}`
  const whole = { v: 1, tenant: 'default', sessionId, type: 'recover', state: 'pending', requestedBy: 'api', why: 'a test' }
  await clients.documents.commit([
    { kind: 'create', path: recoveryActionPath(id), fields: { ...whole, steps: [], requestedAt: SERVER_TIME, ...fields } },
  ])
  return id
}

const ended = async (id: string) => {
  const read = async () => recoveryActionSchema.parse((await clients.documents.read(recoveryActionPath(id)))?.fields)
  await expect.poll(async () => (await read()).finishedAt, { timeout: 20_000 }).not.toBeNull()
  return read()
}

const nothingIsDialled = (runner: RunnerUnderTest, dials: number) =>
  expect(vi.waitUntil(() => runner.dials.length > dials, { timeout: 1500 })).rejects.toThrow('Timed out')

describe('the record of a recovery', () => {
  test('is one action from the loss to the return, in one write', async () => {
    const session = await newSession()
    const runner = await start(session)
    open(await dialOf(runner, 1))
    runner.dials[0]?.events.onClose(503)
    open(await dialOf(runner, 2))
    const action = await recoveryOf(session, 'done')
    expect(action).toMatchObject({
      type: 'recover',
      requestedBy: 'runner',
      step: 'reconnect',
      runnerId: runner.runnerId,
      evidence: { cause: 'whatsapp', code: 503 },
      result: { code: 'connected' },
    })
    expect(stepsOf(action)).toEqual(['reconnect'])
    expect(Number(action.finishedAt) - Number(action.startedAt)).toBeGreaterThanOrEqual(0)
    const { createdAtMicros, updatedAtMicros } = (await clients.documents.read(recoveryActionPath(action.id)))!
    expect(updatedAtMicros).toBe(createdAtMicros)
    expect((await documentOf(session)).recovery).toBeNull()
    expect(runner.recoveries.totals.snapshot).toMatchObject({ recoveries_started: 1, recoveries_succeeded: 1, reconnects: 1 })
  })

  test('is not made for a first connection, a restart on request, or a hand-over', async () => {
    const session = await newSession()
    const runner = await start(session)
    ;(await dialOf(runner, 1)).events.onClose(503)
    open(await dialOf(runner, 2))
    const id = await ask(session, { type: 'restart' })
    open(await dialOf(runner, 3))
    await ended(id)
    await runner.leave()
    const next = await start(session)
    open(await dialOf(next, 1))
    await expect.poll(async () => (await documentOf(session)).state).toBe('CONNECTED')
    expect((await actionsOf(session)).map(({ type }) => type)).toEqual(['restart'])
  })

  test.each([
    { code: 403, state: 'failed', step: 'reconnect' },
    { code: 401, state: 'proposed', step: 'new-qr' },
  ])('tells what a person has to do, where only a person can: %o', async ({ code, state, step }) => {
    const session = await newSession()
    const runner = await start(session)
    open(await dialOf(runner, 1))
    runner.dials[0]?.events.onClose(code)
    expect((await recoveryOf(session, state)).step).toBe(step)
  })

  test('is continued by the next owner, under the same id, after a death', async () => {
    const session = await newSession()
    const runner = await start(session)
    open(await dialOf(runner, 1))
    runner.dials[0]?.events.onClose(428)
    await expect.poll(async () => (await documentOf(session)).recovery?.open?.cause).toBe('network')
    const { id, since } = (await documentOf(session)).recovery?.open ?? expect.unreachable()
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: { runnerId: null } }])
    const next = await start(session)
    open(await dialOf(next, 1))
    const action = await recoveryOf(session, 'done')
    expect(action).toMatchObject({ id, requestedAt: since, runnerId: next.runnerId })
    expect(action.steps.map(({ what }) => what)).toContain(`Runner ${next.runnerId} goes on with the recovery.`)
  })

  test('ends when the session is stopped before it is back', async () => {
    const session = await newSession()
    const runner = await start(session)
    open(await dialOf(runner, 1))
    runner.dials[0]?.events.onClose(503)
    await dialOf(runner, 2)
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: { wanted: 'offline' } }])
    expect((await recoveryOf(session, 'cancelled')).result).toMatchObject({ code: 'stopped' })
    expect((await documentOf(session)).recovery).toBeNull()
  })

  test('begins with the death of an owner that was connected', async () => {
    const session = await newSession()
    const runner = await start(session)
    open(await dialOf(runner, 1))
    await expect.poll(async () => (await documentOf(session)).state).toBe('CONNECTED')
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: { runnerId: null } }])
    const next = await start(session)
    open(await dialOf(next, 1))
    expect((await recoveryOf(session, 'done')).evidence).toMatchObject({ cause: 'owner-lost' })
  })
})

describe('a deaf session', () => {
  test('is found by evidence and climbs the ladder, over to another runner, in one record', { timeout: 90_000 }, async () => {
    const { clock, move } = movedClock()
    const session = await newSession()
    const runner = await start(session, { clock, capacity: 1 })
    open(await dialOf(runner, 1))
    await expect.poll(async () => (await documentOf(session)).state).toBe('CONNECTED')
    const other = await start(session, { clock, capacity: 1 })
    await expect.poll(() => other.looks).toBeGreaterThan(1)
    const openings = runner.openings
    for (const dial of [1, 2, 3]) {
      const deaf = await dialOf(runner, dial)
      if (dial > 1) open(deaf, { hears: false })
      move(6 * MINUTE_MS)
      deafen(deaf, `M${dial}`)
      await expect.poll(() => runner.sessions.get(session.sessionId)?.status.deafSince, { timeout: 20_000 }).not.toBeNull()
      deaf.events.onProofOfLife()
      await dialOf(runner, dial + 1)
    }
    // A new client for the rebuild, and another one with the state that was read anew.
    expect(runner.openings).toBe(openings + 2)
    const last = await dialOf(runner, 4)
    open(last, { hears: false })
    move(6 * MINUTE_MS)
    deafen(last, 'M4')
    open(await dialOf(other, 1))
    const action = await recoveryOf(session, 'done')
    expect(stepsOf(action)).toEqual(['reconnect', 'rebuild', 'reload', 'move'])
    expect(action).toMatchObject({ evidence: { cause: 'deaf' }, result: { code: 'hears' }, runnerId: other.runnerId })
    expect(runner.recoveries.totals.snapshot).toMatchObject({ deaf_sessions_found: 1 })
    expect(runner.sessions.size).toBe(0)
  })

  test('is not one that is quiet for hours, with its pings answered', async () => {
    const { clock, move } = movedClock()
    const session = await newSession()
    const runner = await start(session, { clock })
    const dial = await dialOf(runner, 1)
    open(dial)
    for (let hour = 0; hour < 12; hour++) {
      move(60 * MINUTE_MS)
      dial.events.onProofOfLife()
      await nothingHappens(runner)
    }
    expect(runner.sessions.get(session.sessionId)?.status).toMatchObject({ state: 'CONNECTED', deafSince: null })
    expect(runner.dials).toHaveLength(1)
    expect(await actionsOf(session)).toEqual([])
  })

  test('is reconnected on a hint once, and then left alone', async () => {
    const { clock, move } = movedClock()
    const session = await newSession()
    const runner = await start(session, { clock })
    for (const number of [1, 2]) {
      const dial = await dialOf(runner, number)
      open(dial)
      for (const id of ['1', '2', '3']) {
        dial.events.onMessageSent(id, id)
        dial.events.onMessageAck(id, null)
      }
      move(number * MINUTE_MS)
      dial.events.onProofOfLife()
    }
    await nothingIsDialled(runner, 2)
    expect((await recoveryOf(session, 'done')).evidence).toMatchObject({ evidence: 'no-receipts', strength: 'weak' })
  })
})

/** The session looks several times. */
const nothingHappens = (runner: RunnerUnderTest) =>
  expect(vi.waitUntil(() => runner.dials.length > 1, { timeout: 2 * DEAF_AFTER_MS })).rejects.toThrow('Timed out')

describe('an outage', () => {
  test('lets no step be taken, and its time does not count', async () => {
    const { clock, move } = movedClock()
    const session = await newSession()
    const network = { ...UNWATCHED, verdict: 'none' as OutageVerdict }
    const runner = await start(session, { clock, networkOf: () => network })
    const dial = await dialOf(runner, 1)
    open(dial)
    network.verdict = 'whatsapp'
    deafen(dial)
    move(60 * MINUTE_MS)
    dial.events.onProofOfLife()
    await nothingIsDialled(runner, 1)
    expect(await actionsOf(session)).toEqual([])
    network.verdict = 'none'
    dial.events.onProofOfLife()
    await dialOf(runner, 2)
  })
})

describe('a recovery that is asked for', () => {
  test('takes the step, once, and tells when the session is back', async () => {
    const session = await newSession()
    const runner = await start(session)
    open(await dialOf(runner, 1))
    const id = await ask(session, { step: 'rebuild' })
    open(await dialOf(runner, 2))
    expect(await ended(id)).toMatchObject({ state: 'done', step: 'rebuild', result: { code: 'connected' } })
    await nothingIsDialled(runner, 2)
  })

  test('is vetoed when it could do harm, with the reason', async () => {
    const session = await newSession()
    const runner = await start(session)
    open(await dialOf(runner, 1))
    const moved = await ended(await ask(session, { step: 'move' }))
    expect(moved).toMatchObject({ state: 'vetoed', result: { code: 'no-other-runner' } })
    const scan = await ended(await ask(session, { step: 'new-qr' }))
    expect(scan).toMatchObject({ state: 'vetoed', result: { code: 'waits-for-person' } })
    expect(runner.recoveries.totals.snapshot).toMatchObject({ recoveries_vetoed: 2 })
    expect(runner.dials).toHaveLength(1)
  })

  test('moves the session to another runner, which does not move it on', async () => {
    const session = await newSession()
    const runner = await start(session, { capacity: 1 })
    open(await dialOf(runner, 1))
    await expect.poll(async () => (await documentOf(session)).state).toBe('CONNECTED')
    const other = await start(session, { capacity: 1 })
    const id = await ask(session, { step: 'move' })
    open(await dialOf(other, 1))
    expect(await ended(id)).toMatchObject({ state: 'done', runnerId: other.runnerId, result: { code: 'connected' } })
    expect(other.dials).toHaveLength(1)
  })

  test('leaves a working session alone when nothing says that it is lost', async () => {
    const session = await newSession()
    const runner = await start(session)
    open(await dialOf(runner, 1))
    expect(await ended(await ask(session, {}))).toMatchObject({ state: 'done', result: { code: 'connected' } })
    expect(runner.dials).toHaveLength(1)
  })
})

test('with AUTO_RECOVERY=false the owner only tells which step it would take', async () => {
  const session = await newSession()
  const runner = await start(session, { recoveryPolicy: { deafAfterMs: DEAF_AFTER_MS, isAutomatic: false } })
  const dial = await dialOf(runner, 1)
  open(dial)
  deafen(dial)
  expect(await recoveryOf(session, 'proposed')).toMatchObject({ step: 'reconnect', result: { code: 'needs-reconnect' } })
  await nothingIsDialled(runner, 1)
})

test('the time of the phone survives its owner', async () => {
  const session = await newSession()
  const runner = await start(session)
  const dial = await dialOf(runner, 1)
  open(dial)
  const seenAt = new Date(Date.now() - 3_600_000)
  dial.events.onHeard({ ...BROUGHT, kind: 'receipt', atMs: seenAt.getTime(), isFromPhone: true })
  await expect.poll(async () => (await documentOf(session)).phoneSeenAt, { timeout: 10_000 }).not.toBeNull()
  await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: { runnerId: null } }])
  const next = await start(session)
  await dialOf(next, 1)
  expect(next.sessions.get(session.sessionId)?.status.phoneSeenAt).not.toBeNull()
})
