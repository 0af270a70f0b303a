import { Deadline } from '@holdfast/core/platform/deadlines'
import { isDamage, isHoldfastError, isKeyRefused, isKeyTrouble } from '@holdfast/core/platform/errors'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import { wrapPlace } from '@holdfast/core/security/key-wrapping'
import { rewrappedKeys } from '@holdfast/core/security/rewrapping'
import { tenantKeyPath } from '@holdfast/core/security/tenant-key-document'
import type { Dependencies } from '../dependencies.ts'
import { type KeyCursor, keyDocuments } from './key-documents.ts'

type Needed = Pick<Dependencies, 'documents' | 'wrappingKey' | 'clock' | 'logger'>

const AT_ONCE = 8

/** A place whose keys the key of the installation always wraps. */
const OF_INSTALLATION = wrapPlace(tenantKeyPath('installation'), 1)

/** What a run did with the documents that it looked at. */
export interface Rewrapped {
  /** Documents whose data keys are wrapped by the current key since this run. */
  readonly rewrapped: number
  /** Documents that were so before. */
  readonly current: number
  /**
   * What has to be looked at again: documents that somebody was just changing, such as this process cannot open, and such as have a key
   * whose service did not answer.
   */
  readonly left: { readonly changed: number; readonly unreadable: number; readonly unanswered: number }
  /** Where the next run goes on. Null: all documents were looked at. */
  readonly cursor: string | null
}

/** How far a run goes. It ends after a page when one of them is reached. */
interface Limits {
  readonly documents: number
  readonly ms: number
}

/**
 * Wraps the data keys of sessions and tenants with the current wrapping key: the tenant's own one, or that of the installation. Each
 * document changes by itself and under the precondition that it is as it was read, so that a run may end at any moment, and several may
 * run at once: every document is readable by processes with the older and the current key, before and after. What a run cannot open it leaves as it is.
 * A tenant whose key does not answer holds up no other one: the run comes back to it at its end.
 *
 * @throws the errors of Firestore, and `wrapping-key-unavailable` when the service of the key of the installation does not answer, or
 *   refuses that key
 */
export async function rewrapKeys(needed: Needed, from: string | null, limits: Limits): Promise<Rewrapped> {
  const { documents, wrappingKey, clock, logger } = needed
  const deadline = new Deadline(clock, limits.ms)
  const counts = { rewrapped: 0, current: 0, changed: 0, unreadable: 0, unanswered: 0 }
  const silent = new Silent()
  let cursor: KeyCursor | null = from
  let seen = 0
  // Without the key of the installation a run would find document after document that cannot be wrapped.
  await wrappingKey.currentAt(OF_INSTALLATION)
  for await (const page of keyDocuments(documents, from)) {
    await inParallel(AT_ONCE, page.documents, async (snapshot) => {
      if (silent.has(snapshot)) return silent.add(snapshot)
      const outcome = await rewrap(needed, snapshot)
      if (outcome === 'unanswered') silent.add(snapshot)
      else counts[outcome]++
    })
    seen += page.documents.length
    cursor = page.next
    if (seen >= limits.documents || deadline.remainingMs === 0) break
  }
  for (const tenant of silent.tenants()) {
    for (const [index, { path }] of tenant.entries()) {
      const snapshot = deadline.remainingMs > 0 ? await documents.read(path) : null
      const outcome = snapshot ? await rewrap(needed, snapshot) : 'unanswered'
      counts[outcome]++
      if (outcome !== 'unanswered') continue
      counts.unanswered += tenant.length - index - 1
      break
    }
  }
  const { rewrapped, current, ...left } = counts
  if (left.unanswered > 0)
    logger.warn(left, 'Data keys stay wrapped as they are, because the key of their tenant does not answer.')
  if (rewrapped > 0) logger.info({ count: rewrapped, ...left }, 'Data keys were wrapped by the current wrapping key.')
  return { rewrapped, current, left, cursor }
}

/** The documents of tenants whose key did not answer. Each call would wait for it in vain. */
class Silent {
  readonly #byTenant = new Map<string, DocumentSnapshot[]>()

  has({ path }: DocumentSnapshot): boolean {
    return this.#byTenant.has(ownerOf(path))
  }

  add(snapshot: DocumentSnapshot): void {
    const owner = ownerOf(snapshot.path)
    this.#byTenant.set(owner, [...(this.#byTenant.get(owner) ?? []), snapshot])
  }

  tenants(): Iterable<readonly DocumentSnapshot[]> {
    return this.#byTenant.values()
  }
}

/** The secrets of a tenant are wrapped by another key than its sessions: `tenant_keys/acme`, `session_keys/acme`. */
const ownerOf = (path: string): string => path.split('.')[0] ?? path

async function rewrap(
  { documents, wrappingKey, logger }: Needed,
  snapshot: DocumentSnapshot,
): Promise<'rewrapped' | 'current' | 'changed' | 'unreadable' | 'unanswered'> {
  try {
    const keys = await rewrappedKeys(snapshot.path, snapshot.fields, wrappingKey)
    if (!keys) return 'current'
    return (await writeUnlessChanged(documents, snapshot.path, snapshot, { keys })) ? 'rewrapped' : 'changed'
  } catch (error) {
    // One tenant's key, which it may have taken away, holds up no other tenant.
    if (isDamage(error) || isKeyTrouble(error) || isKeyRefused(error)) {
      logger.error({ error, document: snapshot.path }, 'A data key cannot be opened or wrapped anew, and stays wrapped as it is.')
      return 'unreadable'
    }
    if (isHoldfastError(error, 'wrapping-key-unavailable')) return 'unanswered'
    throw error
  }
}
