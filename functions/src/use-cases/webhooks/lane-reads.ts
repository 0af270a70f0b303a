import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { Delivery } from '@holdfast/core/session/webhook-delivery-document'
import { cipherOf } from '../find-session.ts'
import { findEndpoint, type OpenEndpoint } from './find-endpoint.ts'
import type { WebhookDependencies } from './webhook-dependencies.ts'

type Needed = Pick<WebhookDependencies, 'documents' | 'wrappingKey' | 'clock'>

/** A change of the configuration counts after so long at the latest. */
const FRESH_FOR_MS = 1000

/** What the deliveries of one lane need, which is of one end point and one session: read once for those that follow at once. */
export class LaneReads {
  readonly #needed: Needed
  #endpoint: { readonly readAt: number; readonly found: OpenEndpoint } | null = null
  #cipher: SessionCipher | null = null

  constructor(needed: Needed) {
    this.#needed = needed
  }

  /** Null when the configuration does not have the end point any more. */
  async endpointOf(delivery: Delivery): Promise<OpenEndpoint | null> {
    const now = this.#needed.clock.monotonic()
    if (this.#endpoint && now - this.#endpoint.readAt < FRESH_FOR_MS) return this.#endpoint.found
    const found = await findEndpoint(this.#needed, delivery)
    this.#endpoint = found && { readAt: now, found }
    return found
  }

  /** Opens something that is sealed with a data key of the session. A key that is not known yet is read. */
  async open({ sessionId }: Delivery, sealed: Buffer, place: string): Promise<Buffer> {
    const { documents, wrappingKey } = this.#needed
    const known = this.#cipher
    if (known) {
      try {
        return known.openContent(sealed, place)
      } catch {
        // The session may have a newer data key.
      }
    }
    this.#cipher = await cipherOf(documents, sessionId, wrappingKey)
    return this.#cipher.openContent(sealed, place)
  }
}
