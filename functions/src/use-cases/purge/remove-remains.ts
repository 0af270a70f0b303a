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
import { WEBHOOK_ENDPOINTS } from '@holdfast/core/operations/webhook-endpoint-document'
import type { Deadline } from '@holdfast/core/platform/deadlines'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import type { Change, DocumentSnapshot, Query } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import { backupsPath } from '@holdfast/core/session/backup-document'
import { checkpointFolder } from '@holdfast/core/session/ids'
import { LIVE_EVENTS } from '@holdfast/core/session/live-event-document'
import { WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import type { Dependencies } from '../dependencies.ts'

type Needed = Pick<Dependencies, 'documents' | 'media' | 'clock'>

/** Firestore takes 500 changes in a commit. */
const PAGE = 300

/** Objects that are removed after one look at the session's document, and how many of them at one time. */
const OBJECTS = 100
const AT_ONCE = 10

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
const SHARED = [WEBHOOK_DELIVERIES, WEBHOOK_ENDPOINTS, LIVE_EVENTS, OWNER_QUERIES, RECOVERY_ACTIONS] as const

interface Remains {
  /** The document of the session, as this run read it. */
  readonly snapshot: DocumentSnapshot
  /** The record of the purge. */
  readonly upTo: number
  readonly deadline: Deadline
}

/**
 * removed  nothing is left
 * no-time  the next run goes on
 * changed  somebody else has changed the document of the session: it has to be read anew
 */
export type Removal = 'removed' | 'no-time' | 'changed'

/**
 * Removes what a session whose keys are destroyed has stored: objects first, because documents lead to them; then its documents; then the
 * records of its log, but for each claim and the record right before it, which fence old owners. Whatever is gone already is skipped, so
 * that it can be cut short at any point and run again.
 *
 * Another run may end the purge before this one does, and a session be created under the name. So nothing goes that was not found while the
 * session's document was as this run read it.
 */
export async function removeRemains(needed: Needed, remains: Remains): Promise<Removal> {
  const { snapshot, upTo } = remains
  const sessionId = snapshot.id
  const ofSession = [['sessionId', '==', sessionId]] as const
  const steps: readonly (() => Promise<Removal>)[] = [
    ...[checkpointFolder(sessionId), mediaFolder(sessionId)].map((folder) => () => removeObjects(needed, remains, folder)),
    () => removeAll(needed, remains, { collection: JOBS, where: ofSession, select: ['archive'] }),
    () => removeAll(needed, remains, { collection: ERASURES, where: ofSession, select: ['objects'] }),
    ...foldersOf(sessionId).map((collection) => () => removeAll(needed, remains, { collection, select: [] })),
    ...SHARED.map((collection) => () => removeAll(needed, remains, { collection, where: ofSession, select: [] })),
  ]
  for (const step of steps) {
    const removal = await step()
    if (removal !== 'removed') return removal
  }
  await trimJournal(new DocumentJournals(needed.documents), sessionId, 0, upTo)
  return 'removed'
}

async function removeObjects(needed: Needed, remains: Remains, folder: string): Promise<Removal> {
  let found: string[] = []
  // Past all that a clock which runs ahead may have written.
  for await (const name of needed.media.createdBefore(folder, new Date(needed.clock.now() + DAY_MS))) {
    found.push(name)
    if (found.length < OBJECTS) continue
    const removal = await removeFound(needed, remains, found)
    if (removal !== 'removed') return removal
    found = []
  }
  return removeFound(needed, remains, found)
}

/** Removes objects that were found before the call. */
async function removeFound(
  { documents, media }: Needed,
  { snapshot, deadline }: Remains,
  names: readonly string[],
): Promise<Removal> {
  if (names.length === 0) return 'removed'
  if (deadline.remainingMs === 0) return 'no-time'
  const now = await documents.read(snapshot.path)
  if (now?.updatedAtMicros !== snapshot.updatedAtMicros) return 'changed'
  await inParallel(AT_ONCE, names, (name) => media.remove(name))
  return 'removed'
}

/** Removes the documents that a query finds, and before each the objects that only it names. */
async function removeAll(needed: Needed, remains: Remains, query: Query): Promise<Removal> {
  const { documents } = needed
  const { snapshot, deadline } = remains
  for (;;) {
    if (deadline.remainingMs === 0) return 'no-time'
    const found = await documents.query({ ...query, limit: PAGE })
    const removal = await removeFound(needed, remains, found.flatMap(objectsOf))
    if (removal !== 'removed') return removal
    const deletions = found.map(({ path }): Change => ({ kind: 'delete', path }))
    // It is so already: Firestore leaves the version of a document that a write does not change, and refuses the commit in any other one.
    const asItWas = { isRemoved: true }
    const isEmpty = deletions.length === 0
    if (!isEmpty && !(await writeUnlessChanged(documents, snapshot.path, snapshot, asItWas, deletions))) return 'changed'
    if (found.length < PAGE) return 'removed'
  }
}

/** The archive of a job, and what an erasure had still to remove. */
function objectsOf({ fields }: DocumentSnapshot): readonly string[] {
  const { object } = (fields['archive'] ?? {}) as { object?: unknown }
  const erased: unknown = fields['objects']
  return [object, ...(Array.isArray(erased) ? (erased as unknown[]) : [])].filter((name) => typeof name === 'string')
}
