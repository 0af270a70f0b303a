import { Deadline } from '@holdfast/core/platform/deadlines'
import { isDamage, isHoldfastError, isKeyTrouble } from '@holdfast/core/platform/errors'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { parseStored } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import {
  areKeysDestroyed,
  newestVersion,
  SESSION_KEYS,
  sessionKeyDocumentSchema,
} from '@holdfast/core/security/session-key-document'
import { tenantOf } from '@holdfast/core/session/ids'
import type { Dependencies } from '../dependencies.ts'
import { addNextKey } from './data-keys.ts'
import { keyDocuments } from './key-documents.ts'

type Needed = Pick<Dependencies, 'documents' | 'wrappingKey' | 'clock' | 'logger'>

const AT_ONCE = 8
const DAY_MS = 24 * 60 * 60_000

/** What a run did with the sessions that it looked at. */
export interface Renewed {
  /** Sessions that have a further data key since this run. */
  readonly added: number
  /** Sessions whose newest key is young enough, waits, or was destroyed by a purge. */
  readonly kept: number
  /** What has to be looked at again: documents that somebody was just changing, and such as this process cannot open. */
  readonly left: { readonly changed: number; readonly unreadable: number }
  /** Where the next run goes on. Null: all sessions were looked at. */
  readonly cursor: string | null
}

interface Asked {
  readonly from: string | null
  /** Only sessions whose newest data key is older. */
  readonly olderThanDays: number
}

/**
 * Makes the next data key of all sessions whose newest one is old enough. Each document changes by itself, so that a run may end at any
 * moment, and one that is repeated adds nothing a second time: a key that waits is young.
 *
 * @throws the errors of Firestore
 */
export async function renewDataKeys(
  needed: Needed,
  { from, olderThanDays }: Asked,
  limits: { readonly documents: number; readonly ms: number },
): Promise<Renewed> {
  const { documents, clock, logger } = needed
  const deadline = new Deadline(clock, limits.ms)
  const olderThan = new Date(clock.now() - olderThanDays * DAY_MS)
  // Each call would wait for the key of such a tenant in vain, and the others would never have their turn.
  const silent = new Set<string>()
  const counts = { added: 0, kept: 0, changed: 0, unreadable: 0 }
  let [cursor, seen] = [from, 0]
  for await (const page of keyDocuments(documents, from, [SESSION_KEYS])) {
    await inParallel(AT_ONCE, page.documents, async (snapshot) => {
      const tenant = tenantOf(snapshot.id)
      const outcome = silent.has(tenant) ? 'silent' : await renew(needed, snapshot, olderThan)
      if (outcome === 'silent') silent.add(tenant)
      counts[outcome === 'silent' ? 'unreadable' : outcome]++
    })
    seen += page.documents.length
    cursor = page.next
    if (seen >= limits.documents || deadline.remainingMs === 0) break
  }
  const { added, kept, ...left } = counts
  if (added > 0) logger.info({ count: added, ...left }, 'Sessions have further data keys.')
  return { added, kept, left, cursor }
}

async function renew(
  needed: Needed,
  snapshot: DocumentSnapshot,
  olderThan: Date,
): Promise<'added' | 'kept' | 'changed' | 'unreadable' | 'silent'> {
  try {
    const madeAt = newestKeyMadeAt(snapshot)
    if (!madeAt || madeAt > olderThan) return 'kept'
    const outcome = await addNextKey(needed, snapshot)
    return outcome === 'waiting' ? 'kept' : outcome
  } catch (error) {
    // The key of one session, or of one tenant, holds up no other one.
    const isSilent = isHoldfastError(error, 'wrapping-key-unavailable')
    if (!isKeyTrouble(error) && !isDamage(error) && !isSilent) throw error
    needed.logger.error({ error, document: snapshot.path }, 'A session gets no further data key now.')
    return isSilent ? 'silent' : 'unreadable'
  }
}

/** When the newest data key was made. The first one is as old as its document. Null: a purge has destroyed all. */
function newestKeyMadeAt({ path, fields, createdAtMicros }: DocumentSnapshot): Date | null {
  const stored = parseStored(sessionKeyDocumentSchema, fields, path)
  if (areKeysDestroyed(stored)) return null
  return stored.keys[newestVersion(stored)]?.at ?? new Date(createdAtMicros / 1000)
}
