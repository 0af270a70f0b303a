import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'
import type { SessionCipher } from '../security/envelope.ts'
import { sessionPath } from '../session/session-document.ts'

/**
 * PERSISTED CONTRACT v1: the bytes of a message, `whatsapp_connection_states/{sessionId}/media/{id of the message's document}`. It is
 * created in the commit of the message, so that no medium is forgotten, and a message never waits for it.
 */
export const receivedMediaPath = (sessionId: string): string => `${sessionPath(sessionId)}/media`

/**
 * pending  the owner still has to fetch the bytes
 * stored   the bytes are in the object store
 * expired  the tenant's retention has ended, and the bytes were removed
 * gone     they cannot be had any more; `reason` says why
 */
export const MEDIA_STATES = ['pending', 'stored', 'expired', 'gone'] as const

export const receivedMediaDocumentSchema = z.object({
  v: z.literal(1),
  state: z.enum(MEDIA_STATES),
  /** Attempts to fetch the bytes that failed. */
  attempts: z.number().int().nonnegative().default(0),
  nextAttemptAt: z.date().nullable().default(null),
  /** Why the last attempt failed, as a code; null when none did. */
  reason: z.string().nullable().default(null),
  /** The name of the object; null until it is stored. */
  object: z.string().nullable().default(null),
  mimetype: z.string().nullable().default(null),
  /** Sealed: see `sealedFileName`. Null for a medium without a name. */
  filename: bytesSchema.nullable().default(null),
  /** The number of bytes before sealing. */
  bytes: z.number().int().nonnegative().nullable().default(null),
})

export type ReceivedMediaDocument = z.infer<typeof receivedMediaDocumentSchema>

const namePlace = (sessionId: string, documentId: string): string => `${receivedMediaPath(sessionId)}/${documentId}/filename`

export const sealedFileName = (cipher: SessionCipher, documentId: string, name: string): Buffer =>
  cipher.sealContent(Buffer.from(name), namePlace(cipher.sessionId, documentId))

/** @throws HoldfastError `cannot-decrypt` */
export const openedFileName = (cipher: SessionCipher, documentId: string, sealed: Uint8Array): string =>
  cipher.openContent(sealed, namePlace(cipher.sessionId, documentId)).toString()

/** The types of messages that carry bytes. */
const TYPES_WITH_MEDIA: ReadonlySet<string> = new Set(['image', 'video', 'ptv', 'audio', 'document', 'sticker'])

export const hasMedia = (type: string): boolean => TYPES_WITH_MEDIA.has(type)
