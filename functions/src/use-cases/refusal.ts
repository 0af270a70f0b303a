import type { HoldfastError } from '@holdfast/core/platform/errors'

/** The codes of the reasons for which a use case refuses a request. Callers of the API branch on these codes. */
export type RefusalCode =
  | 'forbidden'
  | 'unknown-tenant'
  | 'unknown-key'
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
  | 'unknown-message'
  | 'unknown-pool'
  | 'default-pool'
  | 'session-exists'
  | 'session-stopped'
  | 'nothing-to-restore'
  | 'message-damaged'
  | 'message-archived'
  | 'cannot-restore'
  | 'no-qr-code'
  | 'unsupported-chat'
  | 'queue-disabled'
  | 'idempotency-key-reused'

/** Thrown by use cases. `message` tells a person what to do. */
export class Refusal extends Error {
  readonly code: RefusalCode
  /** Seconds after which the same request may succeed; null when waiting does not help. */
  readonly retryAfter: number | null

  constructor(code: RefusalCode, message: string, retryAfter: number | null = null) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.retryAfter = retryAfter
  }
}

/** Returns the text of an error for people. Errors of Holdfast name documents and the ids of keys, never content. */
export const sentenceOf = (error: HoldfastError): string => [error.message, error.advice].filter(Boolean).join(' ')
