import type { RecoveryAction, RecoveryEvidence } from '@holdfast/core/operations/recovery-action-document'

/*
 * How a crash drill ends. The first row that fits decides.
 *
 *   the drill                                                       | ends as
 *   is not begun, and its runner is gone                            | cancelled `runner-gone`
 *   is not begun within fifteen minutes                             | failed `not-followed`
 *   has begun, and its runner still works                           | failed `not-followed` after fifteen minutes
 *   has begun, and each session that is wanted is open elsewhere    | done `sessions-back`
 *   has begun ten minutes ago                                       | failed `sessions-missing`
 *   is anything else                                                | stays
 */

const MINUTE_MS = 60_000
const FOLLOWED_WITHIN_MS = 15 * MINUTE_MS
const BACK_WITHIN_MS = 10 * MINUTE_MS

/** A session that the runner held open when the drill was asked for. */
export interface DrillSession {
  /** False for one that was stopped or purged meanwhile. */
  readonly isWanted: boolean
  readonly runnerId: string | null
  /** Null while it is not connected. */
  readonly connectedSince: Date | null
}

interface DrillView {
  /** Age of the last change of the action, in milliseconds. */
  readonly silentForMs: number
  /** Whether the heartbeat of the runner is gone or silent. */
  readonly isTargetGone: boolean
  readonly sessions: readonly DrillSession[]
}

interface DrillEnd {
  readonly state: 'done' | 'failed' | 'cancelled'
  readonly result: { readonly code: string; readonly sentence: string }
  readonly evidence: RecoveryEvidence
}

const RUNNER_GONE = { code: 'runner-gone', sentence: 'The runner ended by itself before the drill began.' }
const NOT_FOLLOWED = { code: 'not-followed', sentence: 'The runner did not end within fifteen minutes.' }

/** Returns how the drill ends now. Null: it stays open. */
export function drillEnd(
  { state, startedAt, targetRunner }: Pick<RecoveryAction, 'state' | 'startedAt' | 'targetRunner'>,
  { silentForMs, isTargetGone, sessions }: DrillView,
): DrillEnd | null {
  const isLate = silentForMs > FOLLOWED_WITHIN_MS
  if (state === 'pending') {
    if (isTargetGone) return { state: 'cancelled', result: RUNNER_GONE, evidence: {} }
    return isLate ? { state: 'failed', result: NOT_FOLLOWED, evidence: {} } : null
  }
  if (state !== 'running' || startedAt === null) return null
  if (!isTargetGone) return isLate ? { state: 'failed', result: NOT_FOLLOWED, evidence: {} } : null
  const wanted = sessions.filter(({ isWanted }) => isWanted)
  const awayMs = wanted.flatMap(({ runnerId, connectedSince }) =>
    connectedSince === null || runnerId === targetRunner ? [] : [Math.max(0, connectedSince.getTime() - startedAt.getTime())],
  )
  const slowestMs = awayMs.length === 0 ? null : Math.max(...awayMs)
  const evidence = { wanted: wanted.length, back: awayMs.length, slowestMs }
  const figure = `${awayMs.length} of ${wanted.length} sessions were connected again`
  if (awayMs.length === wanted.length) {
    const last = slowestMs === null ? '' : `, the last one ${Math.round(slowestMs / 1000)} s after the crash`
    return { state: 'done', result: { code: 'sessions-back', sentence: `${figure}${last}.` }, evidence }
  }
  if (silentForMs <= BACK_WITHIN_MS) return null
  const sentence = `${figure} after ten minutes. GET /api/sessions says what the others wait for.`
  return { state: 'failed', result: { code: 'sessions-missing', sentence }, evidence }
}
