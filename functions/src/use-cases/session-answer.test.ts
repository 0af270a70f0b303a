import type { RunnerDocument } from '@holdfast/core/operations/runner-document'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { type SessionState, SESSION_STATES, apiStatusOf } from '@holdfast/core/session/session-states'
import { describe, expect, test } from 'vitest'
import { statusOf } from './session-answer.ts'

/** A state is shown as connected only while somebody vouches for it, and lately (requirement G2). */

const SESSION = 'default.one'
const DEAD_AFTER_MS = 12_000
const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 1, 12, 0, seconds))

const documentOf = (state: SessionState, changes: object = {}) => ({
  state,
  reason: 'created' as const,
  sentence: 'As the document says.',
  userAction: null,
  since: at(0),
  runnerId: 'runner-1',
  epoch: 3,
  ...changes,
})

function heartbeatOf(
  sessions: Record<string, { state: SessionState; epoch: number }>,
  { silentForMs = 100, heartbeatAt = at(30) }: { silentForMs?: number; heartbeatAt?: Date } = {},
): DocumentSnapshot {
  const vouched = Object.entries(sessions).map(([id, said]) => [id, { ...said, lastProofOfLifeAt: null, lastInboundAt: null }])
  const fields: RunnerDocument = {
    v: 1,
    state: 'active',
    instanceId: null,
    startedAt: at(0),
    heartbeatAt,
    capacity: 50,
    heartbeatIntervalMs: 4000,
    deadAfterMs: DEAD_AFTER_MS,
    memoryBytes: 1,
    sessions: Object.fromEntries(vouched),
  }
  return { path: 'runners/runner-1', id: 'runner-1', fields, createdAtMicros: 0, silentForMs, version: null }
}

const connected = documentOf('CONNECTED')
const vouching = { [SESSION]: { state: 'CONNECTED', epoch: 3 } } as const

const said = (document: ReturnType<typeof documentOf>, heartbeat: DocumentSnapshot | null): string => {
  const { status, reason } = statusOf(SESSION, document, heartbeat)
  return `${status} ${reason}`
}

describe('a session whose document says CONNECTED', () => {
  test('is shown as working while its runner says so too', () => {
    expect(said(connected, heartbeatOf(vouching))).toBe('WORKING created')
  })

  test('is not when the runner is silent for longer than its limit', () => {
    expect(said(connected, heartbeatOf(vouching, { silentForMs: DEAD_AFTER_MS }))).toBe('WORKING created')
    expect(said(connected, heartbeatOf(vouching, { silentForMs: DEAD_AFTER_MS + 1 }))).toBe('STARTING owner-silent')
  })

  test('is not when the runner has no document, or one that nobody can read', () => {
    expect(said(connected, null)).toBe('STARTING owner-silent')
    const unreadable = { ...heartbeatOf(vouching), fields: { v: 2 } }
    expect(said(connected, unreadable)).toBe('STARTING owner-silent')
  })

  test('is not when nobody owns it', () => {
    expect(said(documentOf('CONNECTED', { runnerId: null }), null)).toBe('STARTING owner-lost')
  })

  test('is not when the runner lives and does not hold it, or held it before somebody else did', () => {
    expect(said(connected, heartbeatOf({}))).toBe('STARTING not-vouched-for')
    expect(said(connected, heartbeatOf({ other: { state: 'CONNECTED', epoch: 3 } }))).toBe('STARTING not-vouched-for')
    expect(said(connected, heartbeatOf({ [SESSION]: { state: 'CONNECTED', epoch: 2 } }))).toBe('STARTING not-vouched-for')
  })

  test.each(SESSION_STATES.filter((state) => state !== 'CONNECTED'))('is shown as its runner has it: %s', (state) => {
    const { status, sentence } = statusOf(SESSION, connected, heartbeatOf({ [SESSION]: { state, epoch: 3 } }))
    expect(status).toBe(apiStatusOf(state))
    expect(status).not.toBe('WORKING')
    expect(sentence).not.toBe(connected.sentence)
  })

  test('is believed while the heartbeat may be older than the document', () => {
    const earlier = heartbeatOf({ [SESSION]: { state: 'CONNECTING', epoch: 3 } }, { heartbeatAt: at(4) })
    expect(said(documentOf('CONNECTED', { since: at(5) }), earlier)).toBe('WORKING created')
    expect(said(documentOf('CONNECTED', { since: at(0) }), earlier)).toBe('WORKING created')
  })
})

describe('a session whose document says something else', () => {
  test('is working when its runner, which lives, says so', () => {
    expect(said(documentOf('BACKOFF'), heartbeatOf(vouching))).toBe('WORKING logged-in')
  })

  test('says that it is muted when its runner could not reach Firestore', () => {
    expect(said(documentOf('CONNECTING'), heartbeatOf({ [SESSION]: { state: 'MUTED', epoch: 3 } }))).toBe(
      'STARTING firestore-away',
    )
  })

  test.each(['NEW', 'STOPPED', 'LOGGED_OUT', 'BANNED', 'REPLACED', 'NEEDS_ATTENTION', 'QUARANTINED'] as const)(
    'needs nobody to vouch for it when it claims nothing: %s',
    (state) => {
      for (const heartbeat of [null, heartbeatOf({}), heartbeatOf(vouching)]) {
        expect(statusOf(SESSION, documentOf(state), heartbeat)).toMatchObject({
          status: apiStatusOf(state),
          sentence: 'As the document says.',
        })
      }
    },
  )
})
