import type { DocumentSnapshot, Fields } from '@holdfast/core/platform/ports'
import { apiStatusOf, SESSION_STATES, type SessionState } from '@holdfast/core/session/session-states'
import { describe, expect, it } from 'vitest'
import { conditionOf } from './session-condition.ts'

const SESSION = 'default.one'
const NOW = Date.parse('2026-11-01T12:00:00Z')
const MINUTE_MS = 60_000
const ago = (minutes: number) => new Date(NOW - minutes * MINUTE_MS)

const snapshotOf = (id: string, fields: Fields, silentForMs = 100): DocumentSnapshot => ({
  path: `any/${id}`,
  id,
  fields: { ...fields },
  createdAtMicros: 0,
  updatedAtMicros: 0,
  silentForMs,
  version: null,
})

const sessionIn = (state: SessionState, changes: Fields = {}): DocumentSnapshot =>
  snapshotOf(SESSION, {
    v: 1,
    tenant: 'default',
    name: 'one',
    wanted: 'online',
    createdAt: ago(600),
    state,
    since: ago(30),
    runnerId: 'runner',
    epoch: 3,
    ...changes,
  })

function heartbeat(silentForMs = 100, lastProofOfLifeAt = ago(1)): DocumentSnapshot {
  const sessions = { [SESSION]: { state: 'CONNECTED', epoch: 3, lastProofOfLifeAt } }
  const beat = { state: 'active', instanceId: null, startedAt: ago(600), heartbeatAt: ago(0), capacity: 50, memoryBytes: 1 }
  return snapshotOf('runner', { v: 1, ...beat, heartbeatIntervalMs: 4000, deadAfterMs: 12_000, sessions }, silentForMs)
}

const condition = (session: DocumentSnapshot, beat: DocumentSnapshot | null = heartbeat()) => conditionOf(session, beat, NOW)

describe('a connected session', () => {
  it('is not down', () => {
    const connected = { sessionId: SESSION, isConnected: true, comesBack: false, downForMs: 0 }
    expect(condition(sessionIn('CONNECTED'))).toEqual(connected)
    // An owner states it anew with each connection. What an earlier one said does not count.
    expect(condition(sessionIn('CONNECTED', { downSince: ago(20) }))).toEqual(connected)
  })

  it('takes no messages when it is to stop', () => {
    expect(condition(sessionIn('CONNECTED', { wanted: 'offline' }))).toMatchObject({ isConnected: false, comesBack: false })
  })

  it('is down since the last sign of life when its owner is silent', () => {
    expect(condition(sessionIn('CONNECTED', { lastProofOfLifeAt: ago(20) }), heartbeat(13_000, ago(7)))).toEqual({
      sessionId: SESSION,
      isConnected: false,
      comesBack: true,
      downForMs: 7 * MINUTE_MS,
    })
  })

  it('is down since the last sign of life in its document when its owner is gone', () => {
    const session = sessionIn('CONNECTED', { lastProofOfLifeAt: ago(20) })
    expect(condition(session, null).downForMs).toBe(20 * MINUTE_MS)
    expect(condition(sessionIn('CONNECTED'), null).downForMs).toBe(30 * MINUTE_MS)
  })
})

describe.each(SESSION_STATES.filter((state) => state !== 'CONNECTED' && state !== 'MUTED'))('a session that is %s', (state) => {
  const comesBack = apiStatusOf(state) === 'STARTING'

  it('is down since its owner said', () => {
    const session = sessionIn(state, { downSince: ago(12), since: ago(1), lastProofOfLifeAt: ago(2) })
    const expected = { sessionId: SESSION, isConnected: false, comesBack, downForMs: 12 * MINUTE_MS }
    // The owner reports the state of its document.
    expect(condition(session, null)).toMatchObject({ isConnected: false, downForMs: expected.downForMs })
    const { sessions } = heartbeat().fields as { sessions: Record<string, object> }
    const beat = { ...heartbeat(), fields: { ...heartbeat().fields, sessions: { [SESSION]: { ...sessions[SESSION], state } } } }
    expect(condition(session, beat)).toEqual(expected)
  })

  it('is down since its state began when no owner said', () => {
    expect(condition(sessionIn(state), null).downForMs).toBe(30 * MINUTE_MS)
    expect(condition(sessionIn(state, { since: undefined }), null).downForMs).toBe(600 * MINUTE_MS)
  })
})

it('a session whose document is damaged is neither usable nor down', () => {
  const damaged = { sessionId: SESSION, isConnected: false, comesBack: false, downForMs: 0 }
  expect(condition(sessionIn('BACKOFF', { wanted: 'perhaps' }))).toEqual(damaged)
})

it('a clock that was set back makes no negative time', () => {
  expect(condition(sessionIn('BACKOFF', { downSince: ago(-5) })).downForMs).toBe(0)
})
