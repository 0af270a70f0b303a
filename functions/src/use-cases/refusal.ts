import type { JobStatus } from '@holdfast/core/message/job-document'
import type { HoldfastError } from '@holdfast/core/platform/errors'
import type { ApiStatus } from '@holdfast/core/session/session-states'

/** The codes of the reasons for which a use case refuses a request. Callers of the API branch on these codes. */
export type RefusalCode =
  | 'forbidden'
  | 'unknown-tenant'
  | 'unknown-key'
  | 'tenant-changed'
  | 'tenant-exists'
  | 'tenant-deleting'
  | 'rate-limited'
  | 'quota-exceeded'
  | 'daily-quota-exceeded'
  | 'single-tenant'
  | 'not-confirmed'
  | 'contradictory-configuration'
  | 'unknown-session'
  | 'unknown-action'
  | 'unknown-backup'
  | 'backup-in-use'
  | 'unknown-alert'
  | 'unknown-device'
  | 'invalid-subscription'
  | 'unknown-delivery'
  | 'cannot-redrive'
  | 'alert-resolved'
  | 'unknown-message'
  | 'unknown-file'
  | 'no-file'
  | 'cannot-convert'
  | 'file-expired'
  | 'file-gone'
  | 'file-pending'
  | 'unknown-pool'
  | 'default-pool'
  | 'session-exists'
  | 'session-stopped'
  | 'session-exported'
  | 'session-purging'
  | 'purge-not-confirmed'
  | 'nothing-to-restore'
  | 'message-damaged'
  | 'message-archived'
  | 'cannot-restore'
  | 'cannot-recover'
  | 'not-proposed'
  | 'already-begun'
  | 'cannot-restart'
  | 'cannot-drill'
  | 'wrong-status'
  | 'unsupported-chat'
  | 'invalid-chat'
  | 'invalid-phone'
  | 'queue-disabled'
  | 'idempotency-key-reused'
  | 'too-large'
  | 'invalid-time'
  | 'cannot-cancel'
  | 'cannot-replace'
  | 'cannot-retry'
  | 'cannot-delete'
  | 'no-archive'
  | 'session-not-working'
  | 'not-possible'
  | 'unknown-there'
  | 'refused-there'
  | 'session-busy'
  | 'no-answer'
  | 'session-failed'

/** The session of a refusal, with its status and those that the request needs. */
export interface SessionOfRefusal {
  readonly name: string
  readonly status: ApiStatus
  readonly expected: readonly ApiStatus[]
}

/** Thrown by use cases. `message` tells a person what to do. */
export class Refusal extends Error {
  readonly code: RefusalCode
  /** Seconds after which the same request may succeed; null when waiting does not help. */
  readonly retryAfter: number | null
  /** The state of the message that cannot be changed; null for other refusals. */
  readonly state: JobStatus | null
  /** The session that is not in the needed status; null for other refusals. */
  readonly session: SessionOfRefusal | null = null

  constructor(code: RefusalCode, message: string, retryAfter: number | null = null, state: JobStatus | null = null) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.retryAfter = retryAfter
    this.state = state
  }

  /** Refuses a request because of the status of its session. */
  static ofStatus(
    session: SessionOfRefusal,
    message: string,
    { code = 'wrong-status', retryAfter = null }: { readonly code?: RefusalCode; readonly retryAfter?: number | null } = {},
  ): Refusal {
    return Object.assign(new Refusal(code, message, retryAfter), { session })
  }
}

/** Refuses a change of a message in its present state. */
export const refusedInState = (code: RefusalCode, message: string, state: JobStatus): Refusal =>
  new Refusal(code, message, null, state)

/** Returns the text of an error for people. Errors of Holdfast name documents and the ids of keys, never content. */
export const sentenceOf = (error: HoldfastError): string => [error.message, error.advice].filter(Boolean).join(' ')
