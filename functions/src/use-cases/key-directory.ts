import {
  API_KEY_FORM,
  type ApiKeyDocument,
  apiKeyDocumentSchema,
  apiKeyIdOf,
  apiKeyPath,
  isKeyOfHash,
} from '@holdfast/core/operations/api-key-document'
import { parseStored } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { Dependencies } from './dependencies.ts'
import { RecentReads } from './recent-reads.ts'

/** A revoked key is refused by every instance within this time and the time of one read. */
const FRESH_FOR_MS = 4000

/** A flood of wrong keys fills no memory: they are kept apart from the right ones. */
const MOST_KEYS = 5000

const USED_AGAIN_AFTER_MS = 60_000

interface Stored {
  readonly snapshot: DocumentSnapshot
  readonly document: ApiKeyDocument
  /** True once this instance has noted the use that it saw since the read. */
  isNoted: boolean
}

/** A key of the installation, whether it still opens anything or not. */
export interface KnownKey extends ApiKeyDocument {
  readonly id: string
}

type Needed = Pick<Dependencies, 'documents' | 'clock' | 'logger'>

/** Knows the API keys, at most five seconds late. */
export class KeyDirectory {
  readonly #dependencies: Needed
  readonly #reads: RecentReads<Stored | null>

  constructor(dependencies: Needed) {
    this.#dependencies = dependencies
    this.#reads = new RecentReads({
      clock: dependencies.clock,
      freshForMs: FRESH_FOR_MS,
      most: MOST_KEYS,
      read: (id) => this.#read(id),
      isWorthless: (stored) => stored === null,
    })
  }

  /**
   * Finds a key. Null when there is no such key.
   *
   * @throws HoldfastError `unavailable` when Firestore does not answer, which says nothing about the key
   */
  async find(apiKey: string): Promise<KnownKey | null> {
    // Whatever does not look like a key costs no read.
    if (!API_KEY_FORM.test(apiKey)) return null
    const id = apiKeyIdOf(apiKey)
    const stored = await this.#reads.get(id)
    return stored && isKeyOfHash(apiKey, stored.document.hash) ? { id, ...stored.document } : null
  }

  /** Notes that a key was used, at most once a minute. Nobody waits for it, and a failure is only logged. */
  async noteUse({ id }: KnownKey): Promise<void> {
    const { clock, documents, logger } = this.#dependencies
    try {
      const stored = await this.#reads.get(id)
      const usedAtMs = stored?.document.lastUsedAt?.getTime() ?? 0
      if (!stored || stored.isNoted || clock.now() - usedAtMs < USED_AGAIN_AFTER_MS) return
      stored.isNoted = true
      const fields = { lastUsedAt: new Date(clock.now()) }
      // Of several instances, the condition lets one write.
      await documents.commit([{ kind: 'update', path: apiKeyPath(id), fields, unlessChangedSince: stored.snapshot }])
    } catch (error) {
      logger.debug({ error, key: id }, 'The use of an API key was not noted; another instance may have done it.')
    }
  }

  async #read(id: string): Promise<Stored | null> {
    const path = apiKeyPath(id)
    const snapshot = await this.#dependencies.documents.read(path)
    return snapshot && { snapshot, document: parseStored(apiKeyDocumentSchema, snapshot.fields, path), isNoted: false }
  }
}
