import type { RecoveryAction, RecoveryActionState } from '@holdfast/core/operations/recovery-action-document'

/*
 * Which actions the sweep ends, because nobody else does. An owner ends its own actions; an owner that dies over one leaves it to the next
 * owner, which begins it again. The first row that fits decides.
 *
 *   the action                                                           | ends as
 *   is of a session that is gone                                         | failed `session-gone`
 *   is proposed by a program, and its session works again                | cancelled `no-longer-needed`
 *   is proposed for more than seven days                                 | cancelled `not-approved`
 *   is a crash drill                                                     | stays: `drill-end.ts` ends it
 *   restarts a runner that is gone                                       | done `runner-ended` if it had begun, else cancelled `runner-gone`
 *   restarts a runner for more than fifteen minutes                      | failed `not-followed`
 *   is pending for more than an hour                                     | failed `not-begun`: what was asked for then may do harm now
 *   is a running recovery, unchanged for ten minutes, of a session that a | done `connected`
 *   live owner reports as connected                                      |
 *   is running, unchanged for an hour, and its session has no live owner | failed `owner-lost`
 *   is running, unchanged for an hour, under a later owner, or no recovery | failed `not-finished`
 *   is anything else                                                     | stays
 *
 * A recovery by its owner may stay open for as long as the session is lost, so its age alone ends nothing. Times are Firestore's own: the
 * age of the last change of the action. An end needs the version that was judged, so that an owner that is quicker wins.
 */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

export const SETTLED_AFTER_MS = 10 * MINUTE_MS
const RESTART_WITHIN_MS = 15 * MINUTE_MS
const BEGUN_WITHIN_MS = HOUR_MS
const FINISHED_WITHIN_MS = HOUR_MS
const APPROVED_WITHIN_MS = 7 * DAY_MS

/** The session of an action, as far as the sweep knows it. */
export interface SessionSeen {
  readonly exists: boolean
  /** A live owner reports it as connected, and not as deaf. */
  readonly isConnected: boolean
  /** The epoch of its live owner. Null: it has none. */
  readonly ownerEpoch: number | null
}

export interface StuckView {
  /** Age of the last change of the action, in milliseconds. */
  readonly silentForMs: number
  /** Null for an action on a runner. */
  readonly session: SessionSeen | null
  readonly isTargetGone: boolean
}

export interface End {
  readonly state: Extract<RecoveryActionState, 'done' | 'failed' | 'cancelled'>
  readonly code: keyof typeof ENDS
}

export const ENDS = {
  'session-gone': 'The session does not exist any more.',
  'no-longer-needed': 'The session works again.',
  'not-approved': 'Nobody approved it within seven days.',
  'runner-ended': 'The runner has handed its sessions over and ended.',
  'runner-gone': 'The runner ended by itself.',
  'not-followed': 'The runner did not end within fifteen minutes.',
  'not-begun': 'No runner began it within an hour. Ask again if it is still needed.',
  connected: 'The session is connected.',
  'owner-lost': 'The runner that began it is gone, and no other one took the session over within an hour.',
  'not-finished': 'Its owner did not finish it within an hour.',
} as const

type Judged = Pick<RecoveryAction, 'type' | 'state' | 'requestedBy' | 'epoch'>

/** Returns how the action ends now. Null: it stays open. */
export function endOf(action: Judged, { silentForMs, session, isTargetGone }: StuckView): End | null {
  const { type, state } = action
  if (type === 'crash-drill') return null
  if (type === 'restart-runner') {
    if (isTargetGone) return state === 'running' ? end('done', 'runner-ended') : end('cancelled', 'runner-gone')
    if (state !== 'proposed') return silentForMs > RESTART_WITHIN_MS ? end('failed', 'not-followed') : null
  }
  if (session && !session.exists) return end('failed', 'session-gone')
  if (state === 'proposed') return ofProposal(action, { silentForMs, session })
  if (state === 'pending') return silentForMs > BEGUN_WITHIN_MS ? end('failed', 'not-begun') : null
  if (state !== 'running' || !session) return null
  if (type === 'recover' && session.isConnected && silentForMs > SETTLED_AFTER_MS) return end('done', 'connected')
  if (silentForMs <= FINISHED_WITHIN_MS) return null
  if (session.ownerEpoch === null) return end('failed', 'owner-lost')
  return type === 'recover' && session.ownerEpoch === action.epoch ? null : end('failed', 'not-finished')
}

function ofProposal({ requestedBy }: Judged, { silentForMs, session }: Pick<StuckView, 'silentForMs' | 'session'>): End | null {
  const isOfProgram = requestedBy === 'sweep' || requestedBy === 'runner'
  if (isOfProgram && session?.isConnected) return end('cancelled', 'no-longer-needed')
  return silentForMs > APPROVED_WITHIN_MS ? end('cancelled', 'not-approved') : null
}

const end = (state: End['state'], code: End['code']): End => ({ state, code })
