import { tenantPath } from '@holdfast/core/operations/tenant-document'
import { HoldfastError, isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot, ListenerEvent } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { DEFAULT_TENANT } from '@holdfast/core/session/ids'
import { LIVE_EVENTS, liveBodyPlace, liveEventSchema } from '@holdfast/core/session/live-event-document'
import type { Dependencies } from './dependencies.ts'
import { cipherOf } from './find-session.ts'

type Needed = Pick<Dependencies, 'documents' | 'wrappingKey' | 'clock' | 'logger'>

/** An event as it goes out, in the bytes of a webhook. */
export interface LiveEnvelope {
  readonly sessionId: string
  readonly event: string
  readonly body: string
}

type Hear = (envelope: LiveEnvelope) => void

/** Owners write events for so long after a listener was last there. It says so again in time. */
const LIVE_FOR_MS = 5 * 60_000
const RENEWS_EVERY_MS = 2 * 60_000

const LISTENS_AGAIN_MS = 1000

/** A listener keeps what it found. After so many it is replaced by one that begins later. */
const MOST_HEARD = 2000

/** The streams of tenants: one listener of Firestore for all in this process who listen to a tenant. */
export class LiveStreams {
  readonly #needed: Needed
  readonly #streams = new Map<string, TenantStream>()

  constructor(needed: Needed) {
    this.#needed = needed
  }

  /**
   * Calls back with each event of the tenant from now on, in the order of the log within a session. Resolves with the function that ends it, once
   * owners will hear that somebody listens, which takes them a moment.
   *
   * @throws HoldfastError `unavailable`
   */
  async listen(tenant: string, hear: Hear): Promise<() => void> {
    const stream = this.#streams.get(tenant) ?? new TenantStream(this.#needed, tenant)
    this.#streams.set(tenant, stream)
    const leave = (): void => {
      stream.hearers.delete(hear)
      if (stream.hearers.size > 0 || this.#streams.get(tenant) !== stream) return
      this.#streams.delete(tenant)
      stream.close()
    }
    stream.hearers.add(hear)
    try {
      await stream.opened
    } catch (error) {
      leave()
      throw error
    }
    return leave
  }
}

class TenantStream {
  readonly hearers = new Set<Hear>()
  readonly opened: Promise<void>
  readonly #needed: Needed
  readonly #tenant: string
  readonly #ciphers = new Map<string, Promise<SessionCipher>>()
  readonly #endRenewing: () => void
  #endListening: () => void = () => {}
  #isClosed = false
  /** The last events, so that a new listener tells none twice. */
  #seen = new Set<string>()
  #heard = 0
  /** By Firestore's clock. */
  #lastMs = 0
  /** Events are opened one after the other. */
  #opening: Promise<void> = Promise.resolve()

  constructor(needed: Needed, tenant: string) {
    const { clock, logger } = needed
    this.#needed = needed
    this.#tenant = tenant
    this.opened = this.#begin()
    this.#endRenewing = clock.every(
      RENEWS_EVERY_MS,
      () => void this.#renew().catch((error: unknown) => logger.warn({ error, tenant }, 'A live stream was not renewed.')),
      'keep-alive',
    )
  }

  close(): void {
    this.#isClosed = true
    this.#endRenewing()
    this.#endListening()
  }

  async #begin(): Promise<void> {
    await this.#renew()
    // Firestore's own time: from then on owners write events.
    const renewed = await this.#needed.documents.read(tenantPath(this.#tenant))
    this.#lastMs = Math.floor((renewed?.updatedAtMicros ?? 0) / 1000)
    this.#listen()
  }

  /** Tells owners that somebody listens. */
  async #renew(): Promise<void> {
    const { documents, clock } = this.#needed
    const [path, now] = [tenantPath(this.#tenant), clock.now()]
    const liveUntil = new Date(now + LIVE_FOR_MS)
    if (await documents.read(path)) return documents.commit([{ kind: 'update', path, fields: { liveUntil } }])
    // Only the tenant that always exists may have no document.
    if (this.#tenant !== DEFAULT_TENANT) throw new HoldfastError('unavailable', 'The tenant is being removed.')
    const fields = { v: 1, name: DEFAULT_TENANT, state: 'active', createdAt: new Date(now), liveUntil }
    await documents.commit([{ kind: 'create', path, fields }])
  }

  #listen(): void {
    if (this.#isClosed) return
    const { documents, clock, logger } = this.#needed
    const where = [['tenant', '==', this.#tenant] as const, ['writtenAt', '>=', new Date(this.#lastMs)] as const]
    this.#heard = 0
    this.#endListening = documents.listen(
      { collection: LIVE_EVENTS, where, orderBy: ['writtenAt', 'asc'] },
      (events) => this.#hear(events),
      (error) => {
        logger.warn({ error, tenant: this.#tenant }, 'The listener to live events failed; listening again.')
        this.#endListening = clock.after(LISTENS_AGAIN_MS, () => this.#listen(), 'keep-alive')
      },
    )
  }

  #hear(events: readonly ListenerEvent[]): void {
    const written = events.flatMap(({ kind, document }) => (kind === 'added' ? [document] : []))
    const anew = written.filter(({ id }) => !this.#seen.has(id)).toSorted(inOrder)
    for (const document of anew) {
      this.#seen.add(document.id)
      this.#lastMs = Math.max(this.#lastMs, timeOf(document))
      this.#opening = this.#opening.then(() => this.#tell(document))
    }
    this.#heard += written.length
    if (this.#heard < MOST_HEARD || this.#isClosed) return
    this.#seen = new Set([...this.#seen].slice(-MOST_HEARD))
    this.#endListening()
    this.#listen()
  }

  async #tell(snapshot: DocumentSnapshot): Promise<void> {
    const { logger } = this.#needed
    const live = parseUnlessDamaged(liveEventSchema, snapshot)
    if (isHoldfastError(live)) return logger.error({ error: live, event: snapshot.id }, 'A live event does not parse.')
    const { sessionId, event, body, isSealed } = live
    try {
      const bytes = isSealed ? await this.#opened(sessionId, body, liveBodyPlace(snapshot.path)) : Buffer.from(body)
      for (const hear of this.hearers) hear({ sessionId, event, body: bytes.toString() })
    } catch (error) {
      this.#ciphers.delete(sessionId)
      logger.error({ error, event: snapshot.id }, 'A live event cannot be opened; nobody hears of it.')
    }
  }

  /** Keys are read again where the known ones do not open it: the session may have further ones since. */
  async #opened(sessionId: string, sealed: Uint8Array, place: string): Promise<Buffer> {
    const known = await this.#ciphers.get(sessionId)?.catch(() => null)
    try {
      if (known) return known.openContent(sealed, place)
    } catch (error) {
      if (!isHoldfastError(error, 'cannot-decrypt')) throw error
      this.#ciphers.delete(sessionId)
    }
    return (await this.#cipherOf(sessionId)).openContent(sealed, place)
  }

  #cipherOf(sessionId: string): Promise<SessionCipher> {
    const { documents, wrappingKey } = this.#needed
    const known = this.#ciphers.get(sessionId) ?? cipherOf(documents, sessionId, wrappingKey)
    this.#ciphers.set(sessionId, known)
    return known
  }
}

const timeOf = ({ fields: { writtenAt } }: DocumentSnapshot): number => (writtenAt instanceof Date ? writtenAt.getTime() : 0)

/** By the time of the commit, then by the place in the log. */
const inOrder = (one: DocumentSnapshot, other: DocumentSnapshot): number =>
  timeOf(one) - timeOf(other) || (String(one.fields['order']) < String(other.fields['order']) ? -1 : 1)
