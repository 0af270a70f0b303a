import { within } from '@holdfast/core/platform/deadlines'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Clock, DocumentStore } from '@holdfast/core/platform/ports'
import { type SessionCipher, unwrapSessionKeys } from '@holdfast/core/security/envelope'
import type { KeyWrapping } from '@holdfast/core/security/key-wrapping'
import {
  type SessionKeyDocument,
  sessionKeyDocumentSchema,
  sessionKeyPath,
  versionOfCheckpoint,
} from '@holdfast/core/security/session-key-document'

/** A hand-over has two seconds for its checkpoint. */
const LOOK_WITHIN_MS = 1000

/**
 * Follows the key document of an owned session. Others add data keys to it, and wrap those that it has by another wrapping key; the owner
 * looks before each checkpoint, which carries all of them.
 */
export class DataKeys {
  readonly #options

  constructor(options: {
    cipher: SessionCipher
    documents: Pick<DocumentStore, 'read'>
    wrappingKey: KeyWrapping
    clock: Clock
    logger: Logger
  }) {
    this.#options = options
  }

  /**
   * Returns the version of the data key that the next checkpoint seals with; the cipher has it then. Never rejects: whatever is wrong
   * with the document, a checkpoint with the known keys is better than none.
   */
  async look(): Promise<number> {
    const { cipher, clock, logger } = this.#options
    try {
      const stored = await within(clock, LOOK_WITHIN_MS, this.#read())
      return Math.max(cipher.currentVersion, versionOfCheckpoint(stored, clock.now()))
    } catch (error) {
      logger.warn({ error }, 'The key document could not be read before a checkpoint, which carries the keys as they were known.')
      return cipher.currentVersion
    }
  }

  async #read(): Promise<SessionKeyDocument> {
    const { cipher, documents, wrappingKey } = this.#options
    const path = sessionKeyPath(cipher.sessionId)
    const snapshot = await documents.read(path)
    if (!snapshot) throw new HoldfastError('data-key-missing', `${path} is gone.`)
    const stored = parseStored(sessionKeyDocumentSchema, snapshot.fields, path)
    if (!isEqual(stored, cipher.wrapped)) cipher.learn(await unwrapSessionKeys(cipher.sessionId, stored, wrappingKey))
    return stored
  }
}

/** Whether two readings have the same keys, wrapped in the same way. Nothing has to be opened then. */
function isEqual({ keys }: SessionKeyDocument, known: SessionKeyDocument | null): boolean {
  const before = known?.keys ?? {}
  const versions = Object.keys(keys)
  return (
    versions.length === Object.keys(before).length &&
    versions.every((version) => Buffer.from(keys[version]?.wrapped ?? []).equals(before[version]?.wrapped ?? Buffer.alloc(0)))
  )
}
