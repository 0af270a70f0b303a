import type { RecoveryAction } from '@holdfast/core/operations/recovery-action-document'
import { expect, test } from 'vitest'
import { endOf, type SessionSeen, type StuckView } from './stuck-decision.ts'

const MINUTE_MS = 60_000

const action = (state: RecoveryAction['state'], more: Partial<RecoveryAction> = {}) =>
  ({ type: 'recover', state, requestedBy: 'sweep', epoch: 3, ...more }) as const

const connected: SessionSeen = { exists: true, isConnected: true, ownerEpoch: 3 }
const trying: SessionSeen = { exists: true, isConnected: false, ownerEpoch: 3 }
const unowned: SessionSeen = { exists: true, isConnected: false, ownerEpoch: null }
const gone: SessionSeen = { exists: false, isConnected: false, ownerEpoch: null }

const after = (minutes: number, session: SessionSeen | null = trying, isTargetGone = false): StuckView => ({
  silentForMs: minutes * MINUTE_MS + 1,
  session,
  isTargetGone,
})

const restart = { type: 'restart-runner' } as const

test.each<[string, Parameters<typeof endOf>, string]>([
  ['a fresh request', [action('pending'), after(59)], 'stays'],
  ['a request that nobody began', [action('pending'), after(60)], 'failed not-begun'],
  ['a request about a session that is gone', [action('pending'), after(11, gone)], 'failed session-gone'],
  ['a recovery of its owner that lasts', [action('running', { requestedBy: 'runner' }), after(48 * 60)], 'stays'],
  ['a recovery of an earlier owner', [action('running', { epoch: 2 }), after(60)], 'failed not-finished'],
  ['a restart of a session that lasts', [action('running', { type: 'restart' }), after(60)], 'failed not-finished'],
  ['a recovery whose owner is dead, since a while', [action('running'), after(59, unowned)], 'stays'],
  ['a recovery whose owner is dead', [action('running'), after(60, unowned)], 'failed owner-lost'],
  ['a recovery whose session is connected', [action('running'), after(9, connected)], 'stays'],
  ['a recovery whose session is connected, left open', [action('running'), after(10, connected)], 'done connected'],
  ['a log-out of a connected session', [action('running', { type: 'logout' }), after(10, connected)], 'stays'],
  ['a proposal of the sweep', [action('proposed'), after(60)], 'stays'],
  [
    'a proposal of the sweep for a session that works again',
    [action('proposed'), after(0, connected)],
    'cancelled no-longer-needed',
  ],
  [
    'a proposal of a person for a session that works',
    [action('proposed', { requestedBy: 'api' }), after(60, connected)],
    'stays',
  ],
  ['a proposal that nobody approved', [action('proposed'), after(7 * 24 * 60)], 'cancelled not-approved'],
  ['a restart of a runner', [action('running', restart), after(14, null)], 'stays'],
  ['a restart of a runner that stays', [action('pending', restart), after(15, null)], 'failed not-followed'],
  ['a restart of a runner that has ended', [action('running', restart), after(0, null, true)], 'done runner-ended'],
  ['a restart of a runner that ended by itself', [action('proposed', restart), after(0, null, true)], 'cancelled runner-gone'],
  ['a proposed restart of a runner', [action('proposed', restart), after(60, null)], 'stays'],
])('%s', (_, given, expected) => {
  const end = endOf(...given)
  expect(end ? `${end.state} ${end.code}` : 'stays').toBe(expected)
})
