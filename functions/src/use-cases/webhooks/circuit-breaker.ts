import type { WebhookEndpointState } from '@holdfast/core/operations/webhook-endpoint-document'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS

/** So many failures in a row open the circuit. */
export const OPENS_AFTER = 5

const FIRST_PAUSE_MS = 15 * SECOND_MS
const LONGEST_PAUSE_MS = 15 * MINUTE_MS

/** The pause after an answer 410: the end point is gone, until somebody looks after it or a probe finds it again. */
const GONE_PAUSE_MS = 60 * MINUTE_MS

/** No end point can ask for more. */
const LONGEST_ASKED_MS = 60 * MINUTE_MS

/** The time that a probe has. */
export const PROBE_MS = 20 * SECOND_MS

/**
 * closed  deliveries go out, after so many failures in a row
 * open    none goes out before `untilMs`
 * probe   one goes out, to find out
 */
export type Circuit =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly untilMs: number }
  | { readonly state: 'probe' }

export function circuitOf(state: Pick<WebhookEndpointState, 'openUntil' | 'failures'> | null, nowMs: number): Circuit {
  const untilMs = state?.openUntil?.getTime()
  if (untilMs === undefined) return { state: 'closed', failures: state?.failures ?? 0 }
  return untilMs > nowMs ? { state: 'open', untilMs } : { state: 'probe' }
}

/**
 * Returns until when the circuit is open after a failure, ms since 1970. Null: it stays closed.
 *
 * @param failures in a row, this one included
 * @param status of the answer; null without one
 * @param retryAfterMs what the end point asked for
 */
export function openUntilMs(
  { failures, status, retryAfterMs }: { failures: number; status: number | null; retryAfterMs: number | null },
  nowMs: number,
): number | null {
  const asked = Math.min(retryAfterMs ?? 0, LONGEST_ASKED_MS)
  const own =
    status === 410
      ? GONE_PAUSE_MS
      : failures >= OPENS_AFTER
        ? Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - OPENS_AFTER, 10), LONGEST_PAUSE_MS)
        : status === 429
          ? FIRST_PAUSE_MS / 3
          : 0
  const pause = Math.max(asked, own)
  return pause === 0 ? null : nowMs + pause
}

/** Reads `Retry-After`: seconds, or a date as HTTP writes it. Null for anything else. Whoever asks for more than an hour gets an hour. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null
  const ms = /^\d+$/.test(header) ? Number(header) * SECOND_MS : HTTP_DATE.test(header) ? Date.parse(header) - nowMs : Number.NaN
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), LONGEST_ASKED_MS)
}

const HTTP_DATE = /^[A-Z][a-z]{2,8}, \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d GMT$/
