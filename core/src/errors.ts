/**
 * The one error class of the product. `code` is stable and kebab-case: callers branch on it, messages are for people.
 * `advice` says what the reader can do about it.
 */
export class HoldfastError extends Error {
  readonly code: ErrorCode
  readonly advice: string | undefined

  constructor(code: ErrorCode, message: string, options: { advice?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HoldfastError'
    this.code = code
    this.advice = options.advice
  }
}

export type ErrorCode =
  /** Thrown when the environment does not describe a runnable process. */
  | 'bad-configuration'
  /** Thrown when a stored shape does not parse, or carries a version that this code does not know. */
  | 'bad-document'
  /** Thrown when sealed bytes cannot be opened: altered, truncated, or sealed for another place. */
  | 'cannot-decrypt'
  /** Thrown when a data key was wrapped by another key than the one this process has. */
  | 'wrong-key'
  /** Thrown when the data key of a session is missing although the session has a journal. */
  | 'data-key-missing'
  /** Thrown when the journal has a gap, a broken chain, or ends below what is known to have been written. */
  | 'journal-corrupt'
  /** Thrown when a checkpoint object is missing, altered or not the one its pointer names. */
  | 'checkpoint-corrupt'
  /** Thrown when another owner has written to the journal: this one says nothing more. */
  | 'fenced'
  /** Thrown when the journal could not be written for longer than its limit. */
  | 'journal-unavailable'
  /** Thrown when Firestore does not answer, or not in time. Whether a commit was applied is not known then. */
  | 'unavailable'
  /** Thrown when something is asked of a journal that its own process has closed. */
  | 'journal-closed'
  /** Thrown when a document that should not exist yet does. */
  | 'already-exists'

export const isHoldfastError = (error: unknown, code?: ErrorCode): error is HoldfastError =>
  error instanceof HoldfastError && (code === undefined || error.code === code)

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
