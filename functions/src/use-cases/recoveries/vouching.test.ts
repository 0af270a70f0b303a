import type { RunnerDocument } from '@holdfast/core/operations/runner-document'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { SESSION_STATES, type SessionState } from '@holdfast/core/session/session-states'
import { describe, expect, test } from 'vitest'
import { markOf, VOUCHED_STATES } from './vouching.ts'

const SESSION = 'default.one'
const DEAD_AFTER_MS = 12_000

const session = (state: SessionState, runnerId: string | null = 'runner-1') => ({ state, runnerId, epoch: 3 })

const document = (silentForMs: number) => ({ id: SESSION, silentForMs })
const SETTLED = document(61_000)
const RECENT = document(59_000)

function heartbeat(silentForMs: number, epoch?: number, damage: object = {}): DocumentSnapshot {
  const names = { state: 'BACKOFF', epoch, lastProofOfLifeAt: null, lastInboundAt: null } as const
  const fields: Partial<RunnerDocument> = {
    v: 1,
    state: 'active',
    instanceId: null,
    startedAt: new Date(0),
    heartbeatAt: new Date(0),
    capacity: 50,
    heartbeatIntervalMs: 4000,
    deadAfterMs: DEAD_AFTER_MS,
    memoryBytes: 1,
    sessions: epoch === undefined ? {} : { [SESSION]: { ...names, epoch } },
    ...damage,
  }
  return { path: 'runners/runner-1', id: 'runner-1', fields, createdAtMicros: 0, updatedAtMicros: 0, silentForMs, version: null }
}

const connected = session('CONNECTED')

describe('the mark of a session whose document says CONNECTED', () => {
  test.each([
    ['has no owner', session('CONNECTED', null), RECENT, null, 'owner-lost'],
    ['has an owner without a document, since a moment', connected, RECENT, null, null],
    ['has an owner without a document', connected, SETTLED, null, 'owner-silent'],
    ['has an owner that is silent for its limit', connected, SETTLED, heartbeat(DEAD_AFTER_MS + 1, 3), null],
    ['has an owner that is silent for twice its limit', connected, RECENT, heartbeat(2 * DEAD_AFTER_MS + 1, 3), 'owner-silent'],
    ['has an owner that confirms it', connected, SETTLED, heartbeat(100, 3), null],
    ['has an owner that names another epoch', connected, SETTLED, heartbeat(100, 2), 'not-vouched-for'],
    ['has an owner that does not name it', connected, SETTLED, heartbeat(100), 'not-vouched-for'],
    ['was claimed a moment ago', connected, RECENT, heartbeat(100), null],
    ['has an owner of a later version', connected, SETTLED, heartbeat(100_000, 3, { heartbeatAt: 'later' }), null],
  ])('that %s', (_, judged, at, runner, mark) => {
    expect(markOf(judged, at, runner)).toBe(mark)
  })
})

const dead = heartbeat(100_000, 3)

test('a state that waits for a person, ends at a time or needs no owner gets no mark', () => {
  const marked = SESSION_STATES.filter((state) => markOf(session(state), SETTLED, dead) !== null)
  expect(marked.toSorted()).toEqual([...VOUCHED_STATES].toSorted())
})

test('a released session keeps the reason for which it waits, and gets a mark only in a state that needs an owner', () => {
  const marked = SESSION_STATES.filter((state) => markOf(session(state, null), SETTLED, null) !== null)
  expect(marked).toEqual(['PAIRING', 'CONNECTED'])
})
