import type { JobDocument } from '@holdfast/core/message/job-document'
import type { TenantSettings } from '@holdfast/core/operations/tenant-settings'
import type { JobError } from './open-jobs.ts'

/** The limits and delays of sending. */
export interface SendPolicy {
  /** The number of chats that have a message on its way at the same time (`QUEUE_CONCURRENCY`). */
  readonly chatsAtOnce: number
  /** The time to wait for the server's ack. The message then goes out again under its id. */
  readonly ackTimeoutMs: number
  /** The delay after each failed attempt (`SEND_RETRY_DELAYS_MS`); the last one repeats. */
  readonly retryDelaysMs: readonly number[]
  /** The number of attempts after the first one (`MAX_RETRY_ATTEMPTS`). */
  readonly maxRetries: number
}

const MINUTE_MS = 60_000

export const DEFAULT_SEND_POLICY: SendPolicy = {
  chatsAtOnce: 8,
  ackTimeoutMs: 20_000,
  retryDelaysMs: [0, 5, 15, 30, 60, 120].map((minutes) => minutes * MINUTE_MS),
  maxRetries: 6,
}

/** Takes the retries from the settings of the tenant, which may change at any time. */
export const forTenant = (policy: SendPolicy, settings: () => TenantSettings): SendPolicy => ({
  ...policy,
  get retryDelaysMs() {
    return settings().retries.delaysMs
  },
  get maxRetries() {
    return settings().retries.maxRetries
  },
})

/** Errors that retrying cannot fix: WhatsApp refused the message itself, as with HTTP 400. */
const PERMANENT = new Set(['not-on-whatsapp', 'whatsapp-400', 'whatsapp-404', 'whatsapp-406', 'expired'])

/**
 * Errors that an immediate retry makes worse: WhatsApp prolongs the restriction. A missing token
 * arrives before the second attempt.
 */
const NOT_AT_ONCE = new Set(['whatsapp-463'])

/**
 * Decides what follows a certain failure. A job with delays of its own has as many retries as delays.
 *
 * @param refusals the number of certain failures so far, this one included
 */
export function afterFailure(
  policy: Pick<SendPolicy, 'retryDelaysMs' | 'maxRetries'>,
  { retryDelaysMs: own }: Pick<JobDocument, 'retryDelaysMs'>,
  code: string,
  refusals: number,
): { action: 'retry'; delayMs: number } | { action: 'fail' } {
  const [delaysMs, maxRetries] = own ? [own, own.length] : [policy.retryDelaysMs, policy.maxRetries]
  if (PERMANENT.has(code) || refusals > maxRetries) return { action: 'fail' }
  const step = Math.max(refusals - 1, NOT_AT_ONCE.has(code) ? 1 : 0)
  const index = Math.min(step, delaysMs.length - 1)
  return { action: 'retry', delayMs: delaysMs[index] ?? 0 }
}

export const NOT_ON_WHATSAPP: JobError = { code: 'not-on-whatsapp', message: 'This number is not on WhatsApp.' }

/** The errors of attempts with an unknown outcome. */
export const NO_ACK: JobError = {
  code: 'no-ack',
  message: 'WhatsApp did not acknowledge the message in time; it goes out again under the same id.',
}
export const CONNECTION_LOST: JobError = {
  code: 'connection-lost',
  message: 'The connection ended before WhatsApp acknowledged the message; it goes out again under the same id.',
}

/** Returns the delay before an unacknowledged message goes out again: 0 the first time, then 30 s doubling to 10 min. */
export const unansweredDelayMs = (times: number): number => (times <= 1 ? 0 : Math.min(30_000 * 2 ** (times - 2), 10 * MINUTE_MS))
