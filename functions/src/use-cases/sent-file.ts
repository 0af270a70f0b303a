import { isTombstone } from '@holdfast/core/message/archived-job'
import { type JobDocument, JOBS, jobPath } from '@holdfast/core/message/job-document'
import type { MediaContent } from '@holdfast/core/message/media-content'
import { convertedObjectOf, fetchedObjectOf, sessionOfMedia } from '@holdfast/core/message/media-document'
import { messagesPath } from '@holdfast/core/message/message-document'
import { openJobContent } from '@holdfast/core/message/sealed-content'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { openMedia, type OpenedMedia } from '@holdfast/core/security/media-cipher'
import { tenantOf } from '@holdfast/core/session/ids'
import { knowsSession, type Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { cipherOf, isOfTenant } from './find-session.ts'
import { parseJob } from './parse-job.ts'

type Needed = Pick<Dependencies, 'documents' | 'media' | 'wrappingKey'>

export type SentFile =
  | { readonly state: 'stored'; readonly opened: OpenedMedia; readonly mimetype: string; readonly filename: string | null }
  /** Its owner has not fetched it from its address yet. */
  | { readonly state: 'pending' }
  | { readonly state: 'gone'; readonly reason: SentFileGone }
  | { readonly state: 'unknown' }

/**
 * erased       the data of the contact was erased
 * archived     the message is in the archive, which serves no files
 * not-fetched  the message came to its end before its owner had fetched the file
 * expired      the file was kept for its time
 */
export type SentFileGone = 'erased' | 'archived' | 'not-fetched' | 'expired'

const UNKNOWN: SentFile = { state: 'unknown' }

/**
 * Opens the file of a message that is or was to be sent. It lies where the API or the owner of the session has put it before the
 * message was sent.
 *
 * @param documentId the id of the message's document, or the one in the answer to the request that sent it
 */
export async function sentFile(
  dependencies: Needed,
  principal: Principal,
  { sessionId, documentId }: { readonly sessionId: string; readonly documentId: string },
): Promise<SentFile> {
  const snapshot = await jobOf(dependencies, principal, { sessionId, documentId })
  if (!snapshot || !isOfTenant(principal, snapshot.fields)) return UNKNOWN
  if (!knowsSession(principal, String(snapshot.fields['sessionId']))) return UNKNOWN
  if (isTombstone(snapshot.fields))
    return { state: 'gone', reason: snapshot.fields['erasedAt'] instanceof Date ? 'erased' : 'archived' }
  const job = parseJob(snapshot)
  const content = openJobContent(
    await cipherOf(dependencies.documents, job.sessionId, dependencies.wrappingKey),
    snapshot.id,
    job,
  )
  if (!('media' in content)) return UNKNOWN
  for (const { object, mimetype } of placesOf(snapshot.id, job, content)) {
    const opened = await open(dependencies, principal, object)
    if (opened) return { state: 'stored', opened, mimetype, filename: content.media.filename }
  }
  return withoutBytes(job, content)
}

/** Pure. What there is to say of a file whose bytes lie nowhere. What came with its request was there. */
export function withoutBytes({ status, upload }: Pick<JobDocument, 'status' | 'upload'>, content: MediaContent): SentFile {
  if (content.media.source.kind === 'stored') return { state: 'gone', reason: 'expired' }
  if (status === 'pending' || status === 'processing') return { state: 'pending' }
  // What was uploaded to WhatsApp was fetched before.
  const isUnsent = (status === 'failed' || status === 'canceled') && upload == null
  return { state: 'gone', reason: isUnsent ? 'not-fetched' : 'expired' }
}

async function jobOf(
  { documents }: Needed,
  { tenant }: Principal,
  { sessionId, documentId }: { sessionId: string; documentId: string },
): Promise<DocumentSnapshot | null> {
  const message = await documents.read(`${messagesPath(sessionId)}/${documentId}`)
  const job = message?.fields['job']
  if (typeof job === 'string') return documents.read(jobPath(job))
  // Before its first attempt a message has no document.
  const where = [['tenant', '==', tenant] as const, ['mediaId', '==', documentId] as const]
  const [found] = await documents.query({ collection: JOBS, where, limit: 1 })
  return found ?? null
}

/** Where the bytes may lie, the best place first: what the owner has converted, then what it was given or has fetched. */
export function placesOf(
  jobId: string,
  { sessionId, firstSession }: Pick<JobDocument, 'sessionId' | 'firstSession'>,
  content: MediaContent,
): readonly { readonly object: string; readonly mimetype: string }[] {
  const { source, mimetype } = content.media
  const owners = firstSession === null ? [sessionId] : [sessionId, firstSession]
  const converted = content.type === 'voice' && content.converts ? owners.map((owner) => convertedObjectOf(owner, jobId)) : []
  const given = source.kind === 'stored' ? [source.object] : owners.map((owner) => fetchedObjectOf(owner, jobId))
  return [
    ...converted.map((object) => ({ object, mimetype: 'audio/ogg; codecs=opus' })),
    ...given.map((object) => ({ object, mimetype })),
  ]
}

/** The name of an object tells whose key opens it. */
async function open(
  { documents, media, wrappingKey }: Needed,
  { tenant }: Principal,
  object: string,
): Promise<OpenedMedia | null> {
  const owner = sessionOfMedia(object)
  if (owner === null || tenantOf(owner) !== tenant) return null
  return openMedia(media, await cipherOf(documents, owner, wrappingKey), object)
}
