import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { trimJournal } from '@holdfast/core/journal/trim'
import { DIRECTORIES, directoryPath } from '@holdfast/core/message/directory-document'
import { JOBS } from '@holdfast/core/message/job-document'
import { mediaFolder } from '@holdfast/core/message/media-document'
import { messagesPath } from '@holdfast/core/message/message-document'
import { parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { ERASURES } from '@holdfast/core/operations/erasure-document'
import { groupsPath } from '@holdfast/core/operations/group-document'
import { OWNER_QUERIES } from '@holdfast/core/operations/owner-query-document'
import { RECOVERY_ACTIONS } from '@holdfast/core/operations/recovery-action-document'
import type { Deadline } from '@holdfast/core/platform/deadlines'
import type { Change, DocumentSnapshot, Query } from '@holdfast/core/platform/ports'
import { backupsPath } from '@holdfast/core/session/backup-document'
import { checkpointFolder } from '@holdfast/core/session/ids'
import { WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import type { Dependencies } from '../dependencies.ts'

type Needed = Pick<Dependencies, 'documents' | 'media' | 'clock'>

/** Firestore takes 500 changes in a commit. */
const PAGE = 300

const DAY_MS = 24 * 60 * 60_000

/** Collections below the document of a session. */
const foldersOf = (sessionId: string): readonly string[] => [
  messagesPath(sessionId),
  ...DIRECTORIES.map((name) => directoryPath(sessionId, name)),
  groupsPath(sessionId),
  receivedMediaPath(sessionId),
  parkedStanzasPath(sessionId),
  backupsPath(sessionId),
]

/** Collections of all sessions, whose documents name theirs. */
const SHARED = [WEBHOOK_DELIVERIES, OWNER_QUERIES, ERASURES, RECOVERY_ACTIONS] as const

/**
 * Removes what a session whose keys are destroyed has stored: objects first, because documents lead to them; then its documents; then the
 * records of its log, but for each claim and the record right before it, which fence old owners. Whatever is gone already is skipped, so
 * that it can be cut short at any point and run again.
 *
 * @returns false when there was no time for all of it
 */
export async function removeRemains(needed: Needed, sessionId: string, upTo: number, deadline: Deadline): Promise<boolean> {
  const { documents } = needed
  for (const folder of [checkpointFolder(sessionId), mediaFolder(sessionId)])
    if (!(await removeObjects(needed, folder, deadline))) return false
  const ofSession = [['sessionId', '==', sessionId]] as const
  if (!(await removeAll(needed, { collection: JOBS, where: ofSession, select: ['archive'] }, deadline))) return false
  for (const collection of foldersOf(sessionId))
    if (!(await removeAll(needed, { collection, select: [] }, deadline))) return false
  for (const collection of SHARED)
    if (!(await removeAll(needed, { collection, where: ofSession, select: [] }, deadline))) return false
  await trimJournal(new DocumentJournals(documents), sessionId, 0, upTo)
  return true
}

async function removeObjects({ media, clock }: Needed, folder: string, deadline: Deadline): Promise<boolean> {
  // Past all that a clock which runs ahead may have written.
  for await (const name of media.createdBefore(folder, new Date(clock.now() + DAY_MS))) {
    if (deadline.remainingMs === 0) return false
    await media.remove(name)
  }
  return true
}

/** Removes the documents that a query finds, and before each the object in which it was archived. */
async function removeAll(needed: Needed, query: Query, deadline: Deadline): Promise<boolean> {
  const { documents, media } = needed
  for (;;) {
    if (deadline.remainingMs === 0) return false
    const found = await documents.query({ ...query, limit: PAGE })
    for (const object of found.flatMap(archivedIn)) await media.remove(object)
    if (found.length > 0) await documents.commit(found.map(({ path }): Change => ({ kind: 'delete', path })))
    if (found.length < PAGE) return true
  }
}

function archivedIn({ fields }: DocumentSnapshot): readonly string[] {
  const { object } = (fields['archive'] ?? {}) as { object?: unknown }
  return typeof object === 'string' ? [object] : []
}
