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
  /** Thrown when the service that has the wrapping key does not answer, or the key cannot be used there. It may pass. */
  | 'wrapping-key-unavailable'
  /** Thrown when the data key of a session is missing although the session has a journal. */
  | 'data-key-missing'
  /** Thrown when the stored data key of a session was altered. */
  | 'data-key-damaged'
  /** Thrown when a purge has destroyed the data keys of a session. That is no damage, and nothing brings them back. */
  | 'data-key-destroyed'
  /** Thrown when a stored shape carries a version that only a later program knows. */
  | 'unknown-version'
  /** Thrown when a record of the journal is missing although later ones are there. */
  | 'journal-gap'
  /** Thrown when the journal ends before its last known record. */
  | 'journal-short'
  /** Thrown when a journal is empty although it is known to have had records. */
  | 'journal-missing'
  /** Thrown when a record is damaged: altered, truncated, of another session, or out of its chain. */
  | 'journal-damaged'
  /** Thrown when no checkpoint opens and the journal alone does not reach back to the beginning. */
  | 'checkpoint-lost'
  /** Thrown when a checkpoint object is missing, altered or not the one its pointer names. */
  | 'checkpoint-corrupt'
  /** Thrown when an archive of Signal records is missing, altered or not the one of its name. */
  | 'archive-damaged'
  /** Thrown when another owner has written to the journal. This owner sends nothing more. */
  | 'fenced'
  /** Thrown when the journal could not be written for longer than its limit. */
  | 'journal-unavailable'
  /** Thrown when Firestore does not answer, or not in time. Whether a commit was applied is not known then. */
  | 'unavailable'
  /** Thrown when a request could not be made, because this process has no credentials of Google. */
  | 'no-credentials'
  /** Thrown when a caller uses a journal that its own process has closed. */
  | 'journal-closed'
  /** Thrown when a document, an object or a record that should not exist yet does. */
  | 'already-exists'
  /** Thrown when the configured directory, bucket or database does not exist. Never taken for absence of a session. */
  | 'store-missing'
  /** Thrown when this process may not read or write a store. */
  | 'store-forbidden'
  /** Thrown when a store lacks a needed feature, or returns other bytes than were written. */
  | 'store-unfit'
  /** Thrown when another runner, which is alive, works on the directory. */
  | 'store-in-use'
  /** Thrown when an operation needs WhatsApp and the session has no connection. */
  | 'not-connected'
  /** Thrown when no verified backup of the state could be made. */
  | 'backup-failed'
  /** Thrown when a session cannot be moved in or out; the message says why. */
  | 'cannot-move'
  /** Thrown when the installed Baileys or libsignal is not the one that this program was made for. */
  | 'library-changed'
  /** Thrown when a restore would lose more than was agreed to, or there is nothing to restore. */
  | 'restore-refused'
  /** Thrown when an outgoing request would go to an address inside: of this host, of its network, of its platform. */
  | 'address-refused'
  /** Thrown when the bytes of a message to send cannot be used, now or later. */
  | 'cannot-use-media'
  /** Thrown when a host outside gave no whole answer in time. Whether it took the request is not known then. */
  | 'no-answer'
  /** Thrown when a mail server refuses a mail for good. */
  | 'mail-refused'
  /** Thrown when a message can never be made: WhatsApp has no such message, or what it refers to is gone. */
  | 'cannot-compose'
  /** Thrown when a message goes to a group that this account has left, was removed from, or that does not exist. */
  | 'not-in-group'

export const isHoldfastError = (error: unknown, code?: ErrorCode): error is HoldfastError =>
  error instanceof HoldfastError && (code === undefined || error.code === code)

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** gRPC's INVALID_ARGUMENT, for a write that is too large for example. A retry cannot help. */
export const isInvalid = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 3

/** gRPC's INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED and FAILED_PRECONDITION. */
const REFUSALS: ReadonlySet<unknown> = new Set([3, 5, 7, 9])

/** The service answered, and this one wrapping key cannot be used: it is missing, disabled or not allowed. That is no outage. */
export const isKeyRefused = (error: unknown): error is HoldfastError =>
  isHoldfastError(error, 'wrapping-key-unavailable') && REFUSALS.has((error.cause as { code?: unknown } | undefined)?.code)

/** Errors of the stored data itself. A retry gives the same answer. */
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

const KEY_TROUBLE: ReadonlySet<ErrorCode> = new Set(['wrong-key', 'data-key-missing', 'data-key-damaged', 'data-key-destroyed'])

/** Errors of a store's settings or place. They say nothing about the data in it. */
const STORE_TROUBLE: ReadonlySet<ErrorCode> = new Set(['store-missing', 'store-forbidden', 'store-unfit', 'store-in-use'])

/** A problem with a store that waiting cannot fix: an operator has to act. It says nothing about the stored data. */
export const isStoreTrouble = (error: unknown): error is HoldfastError => isHoldfastError(error) && STORE_TROUBLE.has(error.code)

/** A problem with the key. The state may be whole, but it cannot be read without its key. */
export const isKeyTrouble = (error: unknown): error is HoldfastError => isHoldfastError(error) && KEY_TROUBLE.has(error.code)

/** Damage of stored data. A store that does not answer is neither damage nor absence. */
export const isDamage = (error: unknown): error is HoldfastError => isHoldfastError(error) && DAMAGE.has(error.code)
