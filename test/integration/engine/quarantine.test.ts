import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { sessionDocumentSchema, sessionPath, type SessionDocument } from '@holdfast/core/session/session-document'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { SERVER_TIME } from '@holdfast/core/platform/ports'
import { DEFAULT_RECONNECT_POLICY } from '@holdfast/core/session/disconnect-policy'
import type { RunnerUnderTest, Dial, RunnerOptions } from '../../support/engine/runner-under-test.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'

/** Sessions that have crashed their owners, in a complete runner without WhatsApp. */

const { clients, startRunner: start } = runnersOfThisFile()
const wrappingKey = new WrappingKey(randomBytes(32))

const STABLE_MS = 400
const SUSPECT = { shortLives: 5, failedTrials: 0, onTrial: false }
const NO_CRASHES = { shortLives: 0, failedTrials: 0, onTrial: false }

const crashPolicy = { suspectAfter: 2, stableMs: STABLE_MS, pausesMs: [60_000] }
const startRunner = (options: Partial<RunnerOptions> = {}) => start({ wrappingKey, crashPolicy, ...options })

const newSession = (fields: Record<string, unknown>) => new SessionUnderTest(clients.documents, wrappingKey).create(fields)

async function documentOf({ sessionId }: SessionUnderTest): Promise<SessionDocument> {
  return sessionDocumentSchema.parse((await clients.documents.read(sessionPath(sessionId)))?.fields)
}

const crashesOf = (session: SessionUnderTest) => expect.poll(async () => (await documentOf(session)).crashes)

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

describe('a suspect', () => {
  test('that waits before it connects gives up its trial, stays a suspect, and is on trial when it connects', async () => {
    const waiting = await newSession({ crashes: SUSPECT })
    const runner = await startRunner({ reconnect: { ...DEFAULT_RECONNECT_POLICY, whatsappDelaysMs: [6 * STABLE_MS] } })
    ;(await dialOf(runner, 1)).events.onClose(503)
    const second = await dialOf(runner, 2)
    await crashesOf(waiting).toEqual({ ...SUSPECT, onTrial: true })
    const other = await newSession({ crashes: SUSPECT })
    await shows(other).toBe('BACKOFF awaiting-trial')
    second.events.onClose(503)
    await shows(waiting).toMatch(/^BACKOFF/)

    // If the runner dies now, the other session is the cause and not this one.
    const third = await dialOf(runner, 3)
    await crashesOf(other).toEqual({ ...SUSPECT, onTrial: true })
    expect((await documentOf(waiting)).crashes).toEqual(SUSPECT)
    // The wait is over, but the other session still has the trial, however slowly it connects.
    await shows(waiting).toBe('BACKOFF awaiting-trial')
    expect(runner.dials).toHaveLength(3)
    third.events.onOpen()
    await crashesOf(other).toEqual(NO_CRASHES)

    const fourth = await dialOf(runner, 4)
    expect((await documentOf(waiting)).crashes).toEqual({ ...SUSPECT, onTrial: true })
    fourth.events.onOpen()
    await crashesOf(waiting).toEqual(NO_CRASHES)
    await shows(waiting).toBe('CONNECTED logged-in')
  })

  test('that waits for a person keeps its state during the wait for its trial, and passes it without a connection', async () => {
    await newSession({ crashes: SUSPECT })
    const runner = await startRunner()
    const connecting = await dialOf(runner, 1)
    const loggedOut = await newSession({ crashes: SUSPECT, state: 'LOGGED_OUT', reason: 'logged-out' })
    await expect.poll(() => runner.sessions.size).toBe(2)
    await expect.poll(async () => (await documentOf(loggedOut)).runnerId).toBe(runner.runnerId)
    connecting.events.onOpen()
    await expect.poll(() => runner.openings).toBe(2)
    await crashesOf(loggedOut).toEqual(NO_CRASHES)
    await shows(loggedOut).toBe('LOGGED_OUT logged-out')
    expect(runner.dials).toHaveLength(1)
  })
})

describe('a quarantined session', () => {
  test('is not opened before an operator restarts it, and then has no crashes on record', async () => {
    const crashes = { shortLives: 9, failedTrials: 3, onTrial: false }
    const session = await newSession({ crashes, state: 'QUARANTINED', reason: 'crashes-its-runner' })
    const runner = await startRunner()
    await expect.poll(async () => (await documentOf(session)).runnerId).toBe(runner.runnerId)
    const id = `${session.sessionId}-restart`
    const fields = {
      v: 1,
      tenant: 'default',
      sessionId: session.sessionId,
      type: 'restart',
      state: 'pending',
      requestedBy: 'api',
    }
    const action = { ...fields, why: 'a test', steps: [], requestedAt: SERVER_TIME }
    expect([runner.openings, runner.dials.length]).toEqual([0, 0])
    expect((await documentOf(session)).crashes).toMatchObject(crashes)
    await shows(session).toBe('QUARANTINED crashes-its-runner')

    await clients.documents.commit([{ kind: 'create', path: recoveryActionPath(id), fields: action }])
    ;(await dialOf(runner, 1)).events.onOpen()
    await shows(session).toBe('CONNECTED logged-in')
    await crashesOf(session).toEqual(NO_CRASHES)
    await expect
      .poll(async () => (await clients.documents.read(recoveryActionPath(id)))?.fields)
      .toMatchObject({ state: 'done', result: { code: 'restarted' } })
  })

  const convicted = (inMs: number) => ({
    crashes: { shortLives: 9, failedTrials: 3, onTrial: false, convictions: 1, nextTrialAt: new Date(Date.now() + inMs) },
    state: 'QUARANTINED',
    reason: 'crashes-its-runner',
  })

  test('is tried again by itself when its time has come, and goes on when its connection holds', async () => {
    const session = await newSession(convicted(1500))
    const runner = await startRunner()
    await expect.poll(async () => (await documentOf(session)).runnerId).toBe(runner.runnerId)
    const { nextAttemptAt, sentence, userAction } = await documentOf(session)
    expect(nextAttemptAt).toBeInstanceOf(Date)
    expect([sentence, userAction]).toEqual([expect.stringMatching(/until .* UTC/), expect.stringMatching(/before .* UTC/)])
    await shows(session).toBe('QUARANTINED crashes-its-runner')
    const dial = await dialOf(runner, 1)
    expect((await documentOf(session)).crashes).toMatchObject({ onTrial: true, convictions: 1 })
    dial.events.onOpen()
    await crashesOf(session).toEqual(NO_CRASHES)
    await shows(session).toBe('CONNECTED logged-in')
  })

  test('that brings its runner down again is closed for a longer time', async () => {
    const session = await newSession({ ...convicted(-1), runnerId: 'dead' })
    const runner = await startRunner({ deadAfterMs: 900 })
    await dialOf(runner, 1)
    // The runner dies in the trial: another one finds the session with a dead owner.
    const crashes = { ...(await documentOf(session)).crashes }
    await runner.leave()
    const next = await newSession({ crashes, state: 'CONNECTING', reason: 'opening-socket', runnerId: 'dead' })
    await startRunner()
    await shows(next).toBe('QUARANTINED crashes-its-runner')
    const after = await documentOf(next)
    expect(after.crashes).toMatchObject({ convictions: 2, failedTrials: 4, onTrial: false })
    expect(Number(after.nextAttemptAt)).toBeGreaterThan(Date.now() + 30_000)
  })

  test('is tried on a runner that holds no other session, where there is one', async () => {
    const session = await newSession(convicted(2500))
    await newSession({})
    const busy = await startRunner({ capacity: 2 })
    await expect.poll(() => busy.sessions.size).toBe(2)
    const idle = await startRunner({ capacity: 2 })
    await expect.poll(async () => (await documentOf(session)).runnerId, { timeout: 10_000 }).toBe(idle.runnerId)
    ;(await dialOf(idle, 1)).events.onOpen()
    await crashesOf(session).toEqual(NO_CRASHES)
  })
})
