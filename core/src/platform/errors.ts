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
  /** Thrown when a stored shape does not parse. */
  | 'bad-document'
  /** Thrown when sealed bytes cannot be opened: altered, truncated, or sealed for another place. */
  | 'cannot-decrypt'
  /** Thrown when a data key was wrapped by another key than the one this process has. */
  | 'wrong-key'
  /** Thrown when the data key of a session is missing although the session has a journal. */
  | 'data-key-missing'
  /** Thrown when the stored data key of a session is not what was written. */
  | 'data-key-damaged'
  /** Thrown when a stored shape carries a version that only a later program knows. */
  | 'unknown-version'
  /** Thrown when a record of the journal is missing although later ones are there. */
  | 'journal-gap'
  /** Thrown when the journal ends before what is known to have been written. */
  | 'journal-short'
  /** Thrown when there is nothing of a journal that is known to have been written. */
  | 'journal-missing'
  /** Thrown when a record is not what was written: altered, truncated, of another session, or out of its chain. */
  | 'journal-damaged'
  /** Thrown when no checkpoint opens and the journal alone does not reach back to the beginning. */
  | 'checkpoint-lost'
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
  /** Thrown when a document, an object or a record that should not exist yet does. */
  | 'already-exists'
  /** Thrown when the place that a store was set to is not there: a directory, a bucket, a database. Never taken for absence. */
  | 'store-missing'
  /** Thrown when this process may not read or write a store. */
  | 'store-forbidden'
  /** Thrown when a store cannot do what is needed of it, or does not give back what was written. */
  | 'store-unfit'
  /** Thrown when another runner, which is alive, works on the directory. */
  | 'store-in-use'
  /** Thrown when something needs WhatsApp and the session does not reach it. */
  | 'not-connected'
  /** Thrown when the state could not be saved in an object that was read back and opened. */
  | 'backup-failed'
  /** Thrown when the installed Baileys or libsignal is not the one that this program was made for. */
  | 'library-changed'
  /** Thrown when a restore would lose more than was agreed to, or there is nothing to restore. */
  | 'restore-refused'

export const isHoldfastError = (error: unknown, code?: ErrorCode): error is HoldfastError =>
  error instanceof HoldfastError && (code === undefined || error.code === code)

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** gRPC's INVALID_ARGUMENT: too large, for example. Trying again cannot help. */
export const isInvalid = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 3

/** What is wrong is in what is stored: asking again gives the same answer. */
const DAMAGE: ReadonlySet<ErrorCode> = new Set([
  'bad-document',
  'unknown-version',
  'cannot-decrypt',
  'journal-gap',
  'journal-short',
  'journal-missing',
  'journal-damaged',
  'checkpoint-corrupt',
  'checkpoint-lost',
])

const KEY_TROUBLE: ReadonlySet<ErrorCode> = new Set(['wrong-key', 'data-key-missing', 'data-key-damaged'])

/** What a store is set to is wrong, or is not there at the moment: nothing is known of what it holds. */
const STORE_TROUBLE: ReadonlySet<ErrorCode> = new Set(['store-missing', 'store-forbidden', 'store-unfit', 'store-in-use'])

/** Waiting does not help, somebody has to act. It says nothing about what is stored. */
export const isStoreTrouble = (error: unknown): error is HoldfastError => isHoldfastError(error) && STORE_TROUBLE.has(error.code)

/** The state may be whole, but it cannot be read without its key. */
export const isKeyTrouble = (error: unknown): error is HoldfastError => isHoldfastError(error) && KEY_TROUBLE.has(error.code)

/** Not so when a store does not answer: that is never taken for damage, nor for absence. */
export const isDamage = (error: unknown): error is HoldfastError => isHoldfastError(error) && DAMAGE.has(error.code)
