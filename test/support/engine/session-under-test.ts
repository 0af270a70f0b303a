import { randomBytes } from 'node:crypto'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { SessionCipher, WrappingKey } from '@holdfast/core/security/envelope'
import { createLogger } from '@holdfast/core/platform/logging'
import { SERVER_TIME, type DocumentStore } from '@holdfast/core/platform/ports'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { FROM_THE_BEGINNING, readGroups } from '@holdfast/core/journal/journal-reader'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import type { Mutation } from '@holdfast/core/journal/mutation'
import { openGroup } from '@holdfast/core/journal/record-codec'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { claimSession, type Claim } from '../../../runner/src/session/claim.ts'
import { projectEvents } from '../../../runner/src/session/events/projector.ts'
import type { JournalLimits } from '../../../runner/src/session/journal/commit.ts'
import { DataKeys } from '../../../runner/src/session/journal/data-keys.ts'
import { Journal } from '../../../runner/src/session/journal/journal.ts'

/** The stores of a claim: `documents` decides it, `journals` takes its record. */
interface ClaimStores {
  readonly documents: DocumentStore
  readonly journals: JournalStore
}

/** A live owner may append before a claim does, and the emulator sometimes answers UNKNOWN to a commit beside a new listener. */
const CLAIM_ATTEMPTS = 5

/** A small change of the state with a recognizable value. */
export const key = (id: string, value = id): Mutation => ({ keys: { session: { [id]: value } } })

/** A session in Firestore, which a test can claim any number of times. */
export class SessionUnderTest {
  readonly sessionId: string
  readonly wrappingKey: WrappingKey
  readonly documents: DocumentStore
  readonly journals: JournalStore
  readonly cipher: SessionCipher

  readonly #dataKey = randomBytes(32)

  constructor(
    documents: DocumentStore,
    wrappingKey = new WrappingKey(randomBytes(32)),
    sessionId = `default.t${randomBytes(5).toString('hex')}`,
  ) {
    this.sessionId = sessionId
    this.wrappingKey = wrappingKey
    this.documents = documents
    this.journals = new DocumentJournals(documents)
    this.cipher = new SessionCipher(this.sessionId, new Map([[1, this.#dataKey]]), 1)
  }

  async create(fields: Record<string, unknown> = {}): Promise<this> {
    const [tenant, name] = this.sessionId.split('.')
    const session = { v: 1, tenant, name, wanted: 'online', config: {}, createdAt: SERVER_TIME, runnerId: null, ...fields }
    const path = sessionKeyPath(this.sessionId)
    const wrapped = await this.wrappingKey.wrap(this.#dataKey, `${path}/1`)
    await this.documents.commit([
      { kind: 'create', path: sessionPath(this.sessionId), fields: session },
      { kind: 'create', path, fields: { v: 1, current: 1, keys: { '1': { ...wrapped } } } },
    ])
    return this
  }

  /** Claims the session without a check that its owner is dead. Tries again after a failure, as a supervisor does. */
  async claim(runnerId: string): Promise<Claim> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.claimThrough(this.documents, runnerId)
      } catch (error) {
        if (attempt === CLAIM_ATTEMPTS) throw error
      }
    }
  }

  /** Claims in one attempt through the given store, which may fail. */
  async claimThrough(through: DocumentStore | ClaimStores, runnerId: string): Promise<Claim> {
    const { documents, journals } =
      'journals' in through ? through : { documents: through, journals: new DocumentJournals(through) }
    const claim = await claimSession({
      documents,
      journals,
      clock: systemClock,
      random: systemRandom,
      sessionId: this.sessionId,
      runnerId,
      wrappingKey: this.wrappingKey,
      mayClaim: () => true,
    })
    if (!claim) throw new Error('The claim was lost.')
    return claim
  }

  /** Follows the key document, as an owner does. */
  keys(): DataKeys {
    const { cipher, documents, wrappingKey } = this
    return new DataKeys({ cipher, documents, wrappingKey, clock: systemClock, logger: createLogger('test', 'silent') })
  }

  journal(
    claim: Claim,
    runnerId: string,
    options: { documents?: DocumentStore; journals?: JournalStore; limits?: JournalLimits } = {},
  ): Journal {
    const journal = new Journal({
      journals: options.journals ?? new DocumentJournals(options.documents ?? this.documents),
      sessionId: this.sessionId,
      runnerId,
      clock: systemClock,
      random: systemRandom,
      head: claim.head,
      project: projectEvents,
      ...(options.limits ? { limits: options.limits } : {}),
    })
    journal.unlock(this.cipher)
    return journal
  }

  /** Replays the whole journal as a new owner would. Returns the kinds of its records and the values of kind `session`. */
  async replay(): Promise<{ kinds: string[]; values: Record<string, string | null> }> {
    const kinds: string[] = []
    const values: Record<string, string | null> = {}
    for await (const { records } of readGroups(this.journals, this.sessionId, FROM_THE_BEGINNING)) {
      kinds.push(...records.map(({ kind }) => kind))
      for (const { keys } of openGroup(records, this.cipher)) Object.assign(values, keys?.['session'])
    }
    return { kinds, values }
  }
}
