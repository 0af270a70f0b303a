import type { Deadline } from '@holdfast/core/platform/deadlines'
import { parseStored } from '@holdfast/core/platform/parse'
import { sessionKeyDocumentSchema, sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { TOMBSTONES, tombstoneNamed, writeTombstone } from '@holdfast/core/session/purge-tombstone'
import type { Purge } from '@holdfast/core/session/session-document'
import { tenantOf } from '@holdfast/core/session/ids'
import type { Dependencies } from '../dependencies.ts'
import { finalAt } from './purge-answer.ts'

const DAY_MS = 24 * 60 * 60_000

/** Keeps the tombstone of a purge that is done until the final day of it, which is later than was known when a removal took nights. */
export async function keepTombstone(
  { documents, objects, tenants }: Pick<Dependencies, 'documents' | 'objects' | 'tenants'>,
  { sessionId, purge, doneAt }: { readonly sessionId: string; readonly purge: Purge; readonly doneAt: Date },
): Promise<void> {
  const settings = (await tenants.settingsOf(tenantOf(sessionId))).purge
  const until = finalAt(doneAt, settings, true)
  const { requestedBy } = purge
  const path = sessionKeyPath(sessionId)
  const key = await documents.read(path)
  const { destroyed } = key ? parseStored(sessionKeyDocumentSchema, key.fields, path) : {}
  if (!destroyed) return
  const { tombstone, upTo, at } = destroyed
  const named = (await objects.list(`${TOMBSTONES}${sessionId}/`)).map((name) => tombstoneNamed(name))
  if (named.some((one) => one && one.seq === tombstone.seq && one.until >= until)) return
  await writeTombstone(objects, { v: 1, sessionId, ...tombstone, keyVersion: upTo, requestedBy, at: at.toISOString() }, until)
}

/** Removes the tombstones whose last day is over: no copy of what was purged is left that they would have to speak for. */
export async function removeOldTombstones(
  { media, clock }: Pick<Dependencies, 'media' | 'clock'>,
  deadline: Deadline,
): Promise<void> {
  const now = clock.now()
  for await (const name of media.createdBefore(TOMBSTONES, new Date(now + DAY_MS))) {
    if (deadline.remainingMs === 0) return
    const until = tombstoneNamed(name)?.until
    if (until && until.getTime() < now) await media.remove(name)
  }
}
