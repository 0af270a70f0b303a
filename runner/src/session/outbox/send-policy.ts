import type { JobError } from './open-jobs.ts'

/** When and how often a message is tried. */
export interface SendPolicy {
  /** Chats with a message on its way at the same time (`QUEUE_CONCURRENCY`). */
  readonly chatsAtOnce: number
  /** Without the server's ack after this, the message goes out again under its id. */
  readonly ackTimeoutMs: number
  /** `SEND_RETRY_DELAYS_MS`: before the attempt after each failed one; the last one repeats. */
  readonly retryDelaysMs: readonly number[]
  /** `MAX_RETRY_ATTEMPTS`: attempts after the first. */
  readonly maxRetries: number
}

const MINUTE_MS = 60_000

export const DEFAULT_SEND_POLICY: SendPolicy = {
  chatsAtOnce: 8,
  ackTimeoutMs: 20_000,
  retryDelaysMs: [0, 5, 15, 30, 60, 120].map((minutes) => minutes * MINUTE_MS),
  maxRetries: 6,
}

/** Trying again cannot help: 400-like answers of WhatsApp to the message itself. */
const PERMANENT = new Set(['not-on-whatsapp', 'whatsapp-400', 'whatsapp-404', 'whatsapp-406'])

/** Whoever tries again at once is restricted for longer; a token that was missing has come by the second attempt. */
const NOT_AT_ONCE = new Set(['whatsapp-463'])

export function afterFailure(
  policy: SendPolicy,
  code: string,
  refusals: number,
): { action: 'retry'; delayMs: number } | { action: 'fail' } {
  if (PERMANENT.has(code) || refusals > policy.maxRetries) return { action: 'fail' }
  const step = Math.max(refusals - 1, NOT_AT_ONCE.has(code) ? 1 : 0)
  const index = Math.min(step, policy.retryDelaysMs.length - 1)
  return { action: 'retry', delayMs: policy.retryDelaysMs[index] ?? 0 }
}

/** What an attempt ended with whose outcome is unknown. */
export const NO_ACK: JobError = {
  code: 'no-ack',
  message: 'WhatsApp did not acknowledge the message in time; it goes out again under the same id.',
}
export const CONNECTION_LOST: JobError = {
  code: 'connection-lost',
  message: 'The connection ended before WhatsApp acknowledged the message; it goes out again under the same id.',
}

/** Before a message that nobody acknowledged goes out again: at once, then 30 s doubling to 10 min. */
export const unansweredDelayMs = (times: number): number => (times <= 1 ? 0 : Math.min(30_000 * 2 ** (times - 2), 10 * MINUTE_MS))
