import type { RunnerDocument } from '@holdfast/core/operations/runner-document'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { type SessionState, SESSION_STATES, apiStatusOf } from '@holdfast/core/session/session-states'
import { describe, expect, test } from 'vitest'
import { statusAsWanted, statusOf } from './session-answer.ts'

/** A session is shown as connected only while a recent heartbeat of its owner confirms it (requirement G2). */

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
  sessions: Record<string, { state: SessionState; epoch: number; archiveWaitSince?: Date }>,
  { silentForMs = 100, heartbeatAt = at(30) }: { silentForMs?: number; heartbeatAt?: Date } = {},
): DocumentSnapshot {
  const reported = Object.entries(sessions).map(([id, state]) => [id, { ...state, lastProofOfLifeAt: null, lastInboundAt: null }])
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
    sessions: Object.fromEntries(reported),
  }
  return { path: 'runners/runner-1', id: 'runner-1', fields, createdAtMicros: 0, updatedAtMicros: 0, silentForMs, version: null }
}

const connected = documentOf('CONNECTED')
const confirming = { [SESSION]: { state: 'CONNECTED', epoch: 3 } } as const

const shown = (document: ReturnType<typeof documentOf>, heartbeat: DocumentSnapshot | null): string => {
  const { status, reason } = statusOf(SESSION, document, heartbeat)
  return `${status} ${reason}`
}

describe('a session that is wanted online', () => {
  test.each(['NEW', 'STOPPED'] as const)('is shown as starting before a runner has taken it: %s', (state) => {
    const given = statusOf(SESSION, documentOf(state, { runnerId: null }), null)
    const starting = { status: 'STARTING', reason: 'awaiting-runner', userAction: null }
    expect(statusAsWanted('online', given)).toMatchObject(starting)
    expect(statusAsWanted('offline', given)).toBe(given)
  })

  test.each(SESSION_STATES.filter((state) => apiStatusOf(state) !== 'STOPPED'))('is shown as it is when it is %s', (state) => {
    const given = statusOf(SESSION, documentOf(state), heartbeatOf({ [SESSION]: { state, epoch: 3 } }))
    expect(statusAsWanted('online', given)).toBe(given)
  })
})

describe('a session whose document says CONNECTED', () => {
  test('is shown as working while its runner confirms it', () => {
    expect(shown(connected, heartbeatOf(confirming))).toBe('WORKING created')
  })

  test('is shown as starting when its runner is silent for longer than its limit', () => {
    expect(shown(connected, heartbeatOf(confirming, { silentForMs: DEAD_AFTER_MS }))).toBe('WORKING created')
    expect(shown(connected, heartbeatOf(confirming, { silentForMs: DEAD_AFTER_MS + 1 }))).toBe('STARTING owner-silent')
  })

  test('is shown as starting when its runner has no document, or an unreadable one', () => {
    expect(shown(connected, null)).toBe('STARTING owner-silent')
    const unreadable = { ...heartbeatOf(confirming), fields: { v: 2 } }
    expect(shown(connected, unreadable)).toBe('STARTING owner-silent')
  })

  test('is shown as starting when it has no owner', () => {
    expect(shown(documentOf('CONNECTED', { runnerId: null }), null)).toBe('STARTING owner-lost')
  })

  test('is shown as starting when its live runner does not hold it, or held it in an earlier epoch', () => {
    expect(shown(connected, heartbeatOf({}))).toBe('STARTING not-vouched-for')
    expect(shown(connected, heartbeatOf({ other: { state: 'CONNECTED', epoch: 3 } }))).toBe('STARTING not-vouched-for')
    expect(shown(connected, heartbeatOf({ [SESSION]: { state: 'CONNECTED', epoch: 2 } }))).toBe('STARTING not-vouched-for')
  })

  test.each(SESSION_STATES.filter((state) => state !== 'CONNECTED'))(
    'is shown with the state that its runner reports: %s',
    (state) => {
      const { status, sentence } = statusOf(SESSION, connected, heartbeatOf({ [SESSION]: { state, epoch: 3 } }))
      expect(status).toBe(apiStatusOf(state))
      expect(status).not.toBe('WORKING')
      expect(sentence).not.toBe(connected.sentence)
    },
  )

  test('says that a message waits for an archive of a later version, for as long as its runner reports it', () => {
    const reported = { state: 'CONNECTED' as const, epoch: 3, archiveWaitSince: at(0) }
    expect(shown(connected, heartbeatOf({ [SESSION]: reported }))).toBe('WORKING archive-of-later-version')
    expect(shown(connected, heartbeatOf(confirming))).toBe('WORKING created')
    expect(shown(connected, heartbeatOf({ [SESSION]: { ...reported, archiveWaitSince: 'soon' as never } }))).toBe(
      'WORKING created',
    )
  })

  test('is shown as working while the heartbeat may be older than the document', () => {
    const earlier = heartbeatOf({ [SESSION]: { state: 'CONNECTING', epoch: 3 } }, { heartbeatAt: at(4) })
    expect(shown(documentOf('CONNECTED', { since: at(5) }), earlier)).toBe('WORKING created')
    expect(shown(documentOf('CONNECTED', { since: at(0) }), earlier)).toBe('WORKING created')
  })
})

describe('a session whose document has another state', () => {
  test('is shown as working when its live runner reports it', () => {
    expect(shown(documentOf('BACKOFF'), heartbeatOf(confirming))).toBe('WORKING logged-in')
  })

  test('has the reason firestore-away when its runner cannot reach Firestore', () => {
    expect(shown(documentOf('CONNECTING'), heartbeatOf({ [SESSION]: { state: 'MUTED', epoch: 3 } }))).toBe(
      'STARTING firestore-away',
    )
  })

  test.each(['NEW', 'STOPPED', 'LOGGED_OUT', 'BANNED', 'REPLACED', 'NEEDS_ATTENTION', 'QUARANTINED'] as const)(
    'needs no heartbeat when no runner has to work on it: %s',
    (state) => {
      for (const heartbeat of [null, heartbeatOf({}), heartbeatOf(confirming)]) {
        expect(statusOf(SESSION, documentOf(state), heartbeat)).toMatchObject({
          status: apiStatusOf(state),
          sentence: 'As the document says.',
        })
      }
    },
  )
})
