import { sessionOfMedia } from '@holdfast/core/message/media-document'
import { hasDisappeared } from '@holdfast/core/message/disappearing'
import { messageDocumentSchema, messagesPath } from '@holdfast/core/message/message-document'
import { messageDocumentOf, openMessage } from '@holdfast/core/message/open-message'
import {
  hasMedia,
  openedFileName,
  type ReceivedMediaDocument,
  receivedMediaDocumentSchema,
  receivedMediaPath,
} from '@holdfast/core/message/received-media-document'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { isDamage } from '@holdfast/core/platform/errors'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Clock, DocumentStore } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { openMedia, type OpenedMedia } from '@holdfast/core/security/media-cipher'
import { tenantOf } from '@holdfast/core/session/ids'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { askOwner } from './ask-owner.ts'
import { cipherOf, findSession } from './find-session.ts'
import { Refusal, type RefusalCode } from './refusal.ts'
import { sentFile } from './sent-file.ts'

type Needed = Pick<Dependencies, 'documents' | 'media' | 'wrappingKey' | 'clock' | 'logger'>

/** How long a caller waits for bytes that the owner is still fetching. Webhooks tell of a medium before it is there. */
const WAIT_MS = 30_000

/** Pauses between two looks: short at first, because most media are there within a second. */
const PAUSES_MS = [250, 500, 1000]
const LAST_PAUSE_MS = 2000

/** Seconds after which a caller may ask again for bytes that are still to come. */
const ASK_AGAIN_S = 30

export interface MediaFile extends OpenedMedia {
  readonly mimetype: string
  readonly filename: string | null
}

/**
 * Opens the bytes of a message, and waits for them if they are still to come. Those of the phone's history come when they are first
 * asked for.
 *
 * @param documentId the id of the message's document
 * @throws Refusal `unknown-session`, `unknown-file`, `file-gone`, `file-expired`, `session-not-working` for a file that only the
 *   connected session can fetch, or `file-pending` with the time to ask again
 */
export async function mediaFile(
  dependencies: Needed,
  principal: Principal,
  { name, documentId }: { readonly name: string; readonly documentId: string },
): Promise<MediaFile> {
  const { documents, wrappingKey, clock } = dependencies
  const { id: sessionId } = await findSession(documents, principal, name)
  if (!/^[a-f0-9]{40}$/.test(documentId)) throw unknownFile()
  await requireShown(dependencies, sessionId, documentId)
  const path = `${receivedMediaPath(sessionId)}/${documentId}`
  const deadline = new Deadline(clock, WAIT_MS)
  const look = () => receivedMedium(documents, path)
  const found =
    (await settled(clock, deadline, look)) ??
    (await fromHistory(dependencies, principal, { name, sessionId, documentId, deadline, look }))
  if (!found) return ownFile(dependencies, principal, { sessionId, documentId })
  if (found.state === 'expired') throw expired()
  if (found.state === 'gone') throw gone(found.reason)
  if (found.state === 'pending') throw pending('WhatsApp has not given the file yet.')
  const cipher = await cipherOf(documents, sessionId, wrappingKey)
  const opened = await bytesIn(dependencies, found.object ?? '', cipher)
  if (!opened) throw expired()
  const filename = found.filename && openedFileName(cipher, documentId, found.filename)
  return { ...opened, mimetype: found.mimetype ?? 'application/octet-stream', filename }
}

/**
 * A file is no longer there than its message is for WhatsApp's own clients. A damaged message does not hide its file: nobody knows that it
 * is over.
 *
 * @throws Refusal `file-gone`
 */
async function requireShown({ documents, wrappingKey, clock }: Needed, sessionId: string, documentId: string): Promise<void> {
  const snapshot = await documents.read(`${messagesPath(sessionId)}/${documentId}`)
  if (!snapshot || !messageDocumentOf(snapshot)) return
  const cipher = await cipherOf(documents, sessionId, wrappingKey)
  try {
    const message = openMessage(cipher, snapshot)
    if (message.revoked) throw gone('revoked')
    if (hasDisappeared(message, clock.now())) throw gone('disappeared')
  } catch (error) {
    if (!isDamage(error)) throw error
  }
}

/** Opens the object. A message of a pool may have been accepted for another session of the tenant, whose key seals its file. */
async function bytesIn(
  { documents, media, wrappingKey }: Needed,
  object: string,
  own: SessionCipher,
): Promise<OpenedMedia | null> {
  const owner = sessionOfMedia(object)
  if (owner === null || tenantOf(owner) !== tenantOf(own.sessionId)) throw unknownFile()
  return openMedia(media, owner === own.sessionId ? own : await cipherOf(documents, owner, wrappingKey), object)
}

interface Asked {
  readonly name: string
  readonly sessionId: string
  readonly documentId: string
  readonly deadline: Deadline
  readonly look: () => Promise<ReceivedMediaDocument | null>
}

/** Lets the owner fetch the file of a message of the phone's history. Null for any other message. */
async function fromHistory(
  dependencies: Needed,
  principal: Principal,
  { name, sessionId, documentId, deadline, look }: Asked,
): Promise<ReceivedMediaDocument | null> {
  const { documents, clock } = dependencies
  const path = `${messagesPath(sessionId)}/${documentId}`
  const snapshot = await documents.read(path)
  // What has changed a message may lie here before the message itself.
  const message = snapshot?.fields['fromHistory'] === true ? parseStored(messageDocumentSchema, snapshot.fields, path) : null
  if (!message || !hasMedia(message.type)) return null
  if (message.tooLarge) throw new Refusal('file-gone', NOT_WHOLE)
  try {
    const question = { kind: 'fetch-media', args: { document: documentId }, withinMs: Math.ceil(deadline.remainingMs) } as const
    await askOwner(dependencies, principal, { session: name, ...question })
  } catch (error) {
    if (error instanceof Refusal && LATER.has(error.code)) throw pending('The runner could not begin to fetch the file yet.')
    throw error
  }
  // With a runner that keeps the state on its host, the document comes a moment after its record.
  const found = await settled(clock, deadline, async () => (await look()) ?? NOT_YET)
  if ('v' in found) return found
  throw pending('The runner has not begun to fetch the file yet.')
}

const NOT_WHOLE = 'The message was too large to be kept whole, and with it where its file lies.'

const NOT_YET = { state: 'pending' } as const

/** What a session answers that does not know the question yet, is busy, or was handed over meanwhile. */
const LATER: ReadonlySet<RefusalCode> = new Set(['not-possible', 'session-busy', 'session-failed', 'no-answer'])

/** A file that this session sends, or has sent. */
async function ownFile(
  dependencies: Needed,
  principal: Principal,
  named: { readonly sessionId: string; readonly documentId: string },
): Promise<MediaFile> {
  const { clock } = dependencies
  const found = await settled(clock, new Deadline(clock, WAIT_MS), () => sentFile(dependencies, principal, named))
  switch (found.state) {
    case 'stored':
      return { ...found.opened, mimetype: found.mimetype, filename: found.filename }
    case 'pending':
      throw pending('The runner has not fetched the file from its address yet.')
    case 'gone':
      throw found.reason === 'expired' ? expired() : gone(found.reason)
    case 'unknown':
      throw unknownFile()
  }
}

async function receivedMedium(documents: DocumentStore, path: string): Promise<ReceivedMediaDocument | null> {
  const snapshot = await documents.read(path)
  return snapshot && parseStored(receivedMediaDocumentSchema, snapshot.fields, path)
}

/** Looks at a file until it is not pending any more, or the time is over. */
async function settled<Found extends { readonly state: string } | null>(
  clock: Clock,
  deadline: Deadline,
  look: () => Promise<Found>,
): Promise<Found> {
  for (let looks = 0; ; looks++) {
    const found = await look()
    if (found?.state !== 'pending' || deadline.remainingMs <= 0) return found
    await clock.sleep(Math.min(PAUSES_MS[looks] ?? LAST_PAUSE_MS, deadline.remainingMs), 'media')
  }
}

const pending = (why: string): Refusal => new Refusal('file-pending', `${why} Ask again later.`, ASK_AGAIN_S)

const unknownFile = (): Refusal =>
  new Refusal('unknown-file', 'There is no file of this name. The field media.url of a message has it.')

const REASONS: Readonly<Record<string, string>> = {
  'not-shown': 'WhatsApp shows this file on the phone only.',
  'no-longer': 'WhatsApp does not have the file any more, and neither does the phone.',
  'too-large': 'The file is larger than this installation takes (MAX_INCOMING_MEDIA_MB of the runners).',
  damaged: 'The file is damaged at WhatsApp.',
  erased: 'The data of the contact was erased, and the file with it.',
  revoked: 'The message was deleted for everyone.',
  disappeared: 'The time of the message is over: it has disappeared.',
  archived: 'The message is archived, and files of archived messages are not shown.',
  'not-fetched': 'The message was not sent, and nobody has fetched its file from its address.',
}

const expired = (): Refusal =>
  new Refusal(
    'file-expired',
    'The time for which files are kept (mediaRetentionDays of the tenant) is over, and the file was removed.',
  )

const gone = (reason: string | null): Refusal =>
  new Refusal('file-gone', REASONS[reason ?? ''] ?? 'The file could not be had from WhatsApp in time.')
