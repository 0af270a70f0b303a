import type { HoldfastError } from '@holdfast/core/platform/errors'

/** Why a use case does not do what it was asked for. Callers of the API branch on these codes. */
export type RefusalCode =
  | 'forbidden'
  | 'unknown-session'
  | 'unknown-action'
  | 'unknown-message'
  | 'session-exists'
  | 'session-stopped'
  | 'nothing-to-restore'
  | 'message-damaged'
  | 'cannot-restore'
  | 'no-qr-code'
  | 'unsupported-chat'
  | 'idempotency-key-reused'

/** Thrown by use cases. `message` tells a person what to do. */
export class Refusal extends Error {
  readonly code: RefusalCode
  /** Seconds after which the same request may be answered; null when waiting does not help. */
  readonly retryAfter: number | null

  constructor(code: RefusalCode, message: string, retryAfter: number | null = null) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.retryAfter = retryAfter
  }
}

/** What an error of ours says to a person. Such errors name documents and keys' ids, never content. */
export const sentenceOf = (error: HoldfastError): string => [error.message, error.advice].filter(Boolean).join(' ')
