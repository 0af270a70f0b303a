import type { Delivery } from '@holdfast/core/session/webhook-delivery-document'
import type { WebhookEndpoint } from '@holdfast/core/session/webhooks'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** A delivery is tried for so long. */
export const TRIED_FOR_MS = 72 * HOUR_MS

/** Behind a delivery that fails for so long, its chat goes on. */
export const HOLDS_FOR_MS = HOUR_MS

/** The pause after each failure; the last one repeats. */
const PAUSES_MS = [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 20 * MINUTE_MS, 30 * MINUTE_MS]
const LATER_PAUSES_MS = [HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS, 8 * HOUR_MS]

/** The values of WAHA for what a configuration of retries leaves out. */
const WAHA_DELAY_SECONDS = 2
const WAHA_ATTEMPTS = 15
const LONGEST_GIVEN_MS = HOUR_MS

/** A pause is longer by up to this share, so that what failed together does not come back together. */
const SPREAD = 0.2

/**
 * Returns the pause after a failed attempt, ms. The retries of the configuration come first, then those of the product: what is
 * configured makes them come sooner and never ends them.
 *
 * @param attempts that have failed, from 1
 * @param spread in [0, 1)
 */
export function pauseMs(attempts: number, retries: WebhookEndpoint['retries'], spread: number): number {
  return Math.round(plainPauseMs(attempts, retries) * (1 + SPREAD * spread))
}

function plainPauseMs(attempts: number, retries: WebhookEndpoint['retries']): number {
  const given = retries ? (retries.attempts ?? WAHA_ATTEMPTS) : 0
  if (retries && attempts <= given) {
    const delayMs = (retries.delaySeconds ?? WAHA_DELAY_SECONDS) * SECOND_MS
    const factor = { constant: 1, linear: attempts, exponential: 2 ** Math.min(attempts - 1, 20) }[retries.policy ?? 'constant']
    return Math.max(SECOND_MS, Math.min(delayMs * factor, LONGEST_GIVEN_MS))
  }
  const pauses = [...PAUSES_MS, ...LATER_PAUSES_MS]
  return pauses[Math.min(attempts - given, pauses.length) - 1] ?? HOUR_MS
}

/** What becomes of a delivery whose attempt failed. */
export type AfterFailure =
  | { readonly action: 'give-up' }
  | {
      readonly action: 'wait'
      readonly untilMs: number
      /** Whether the deliveries behind it wait no longer. */
      readonly leavesLane: boolean
    }

/** @param pause until the next attempt, ms: that of the schedule, or what the end point asked for */
export function afterFailure(
  { since, firstAttemptAt, isOutOfOrder }: Pick<Delivery, 'since' | 'firstAttemptAt' | 'isOutOfOrder'>,
  pause: number,
  nowMs: number,
): AfterFailure {
  const endMs = since.getTime() + TRIED_FOR_MS
  if (nowMs >= endMs) return { action: 'give-up' }
  const holdsSinceMs = Math.max(firstAttemptAt?.getTime() ?? nowMs, since.getTime())
  const leavesLane = !isOutOfOrder && nowMs - holdsSinceMs >= HOLDS_FOR_MS
  // The last attempt is at the end of the time.
  return { action: 'wait', untilMs: Math.min(nowMs + pause, Math.max(endMs, nowMs + SECOND_MS)), leavesLane }
}
