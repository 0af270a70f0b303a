import { createHash } from 'node:crypto'

/** Derives the ids of sessions, jobs, messages and records. Ids are persisted, so their derivations never change. */

export const DEFAULT_TENANT = 'default'

/** WAHA's rule for session names, kept short enough for every id built from one. */
export const SESSION_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,53}$/

export const sessionIdOf = (tenant: string, name: string): string => `${tenant}.${name}`

/** The tenant of a session. It ends at the last dot, because session names have no dots. */
export const tenantOf = (sessionId: string): string => sessionId.slice(0, Math.max(0, sessionId.lastIndexOf('.')))

/** The name of a session within its tenant. */
export const sessionNameOf = (sessionId: string): string => sessionId.slice(sessionId.lastIndexOf('.') + 1)

/** Document id of a journal record: 20 digits, so that ids sort as numbers do. */
export const sequenceId = (sequence: number): string => String(sequence).padStart(20, '0')

/** The id of a job. A tenant and an idempotency key always give the same job. */
export const jobIdOf = (tenant: string, idempotencyKey: string): string => hashOf('job', tenant, idempotencyKey).slice(0, 40)

/** The id of a job that a request for many messages makes, by the key of the request and the message's place in it. */
export const bulkJobIdOf = (tenant: string, idempotencyKey: string, index: number): string =>
  hashOf('bulk', tenant, idempotencyKey, String(index)).slice(0, 40)

/** The id of the job of a message whose id at WhatsApp the caller chose. */
export const jobIdOfMessage = (tenant: string, messageId: string): string =>
  hashOf('job of message', tenant, messageId).slice(0, 40)

/** Makes an id that a caller can choose for a message, of 9 random bytes. It has the form of `whatsappMessageIdOf`. */
export const chosenMessageId = (random: Buffer): string => `3EB0${random.toString('hex').toUpperCase()}`

/** The form of WhatsApp's ids that a caller may choose. */
export const CHOSEN_MESSAGE_ID = /^[0-9A-F]{16,32}$/

/** The WhatsApp id that a job keeps for life, in the form that WhatsApp Web's own ids have. */
export const whatsappMessageIdOf = (jobId: string): string => `3EB0${hashOf('message', jobId).slice(0, 18).toUpperCase()}`

/** The document id of a received message. WhatsApp's ids repeat across chats and participants, so the hash covers all three. */
export const receivedMessageIdOf = (chat: string, participant: string, id: string): string =>
  hashOf('received', chat, participant, id).slice(0, 40)

/** The prefix of the names of a session's checkpoints. */
export const checkpointFolder = (sessionId: string): string => `sessions/${sessionId}/`

export const checkpointName = (sessionId: string, sequence: number, epoch: number): string =>
  `${checkpointFolder(sessionId)}${sequenceId(sequence)}-${String(epoch).padStart(10, '0')}.ckpt`

/** The name of an archive of Signal records, by the record and the epoch at which it was written. */
export const archiveName = (sessionId: string, { seq, epoch }: { readonly seq: number; readonly epoch: number }): string =>
  `${checkpointFolder(sessionId)}archive/${sequenceId(seq)}-${String(epoch).padStart(10, '0')}.arc`

/** Reads record number and epoch from an object's name. Null for an object that is no checkpoint. */
export function placeOfCheckpoint(name: string): { seq: number; epoch: number } | null {
  const match = /\/(\d{20})-(\d{10})\.ckpt$/.exec(name)
  return match ? { seq: Number(match[1]), epoch: Number(match[2]) } : null
}

/** Hashes each part with its length before it, so that no two lists of parts give the same bytes. */
function hashOf(...parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`)
  return hash.digest('hex')
}
