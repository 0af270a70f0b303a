import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'
import { sessionPath } from '../session/session-document.ts'

/**
 * PERSISTED CONTRACT v1: `whatsapp_connection_states/{sessionId}/parked_stanzas/{hash of sender, participant, id}`, a stanza that
 * WhatsApp delivered and no attempt could read. The owner reported that to WhatsApp, which does not deliver it again.
 */
export const parkedStanzasPath = (sessionId: string): string => `${sessionPath(sessionId)}/parked_stanzas`

/** The place that binds the sealed content of a parked stanza. */
export const parkedStanzaPlace = (sessionId: string, documentId: string): string =>
  `${parkedStanzasPath(sessionId)}/${documentId}/content`

export const parkedStanzaDocumentSchema = z.object({
  v: z.literal(1),
  /** These three stand for the WhatsApp id, the sender and the author: see `message-names.ts`. In the clear in documents of earlier versions. */
  messageId: z.string(),
  from: z.string(),
  participant: z.string().nullable(),
  /** Masked JIDs, for people who look at the document. Absent in documents of earlier versions. */
  shown: z.object({ from: z.string(), participant: z.string().nullable() }).optional(),
  /** Type of its encryption (`msg`, `pkmsg`, `skmsg`, …), or `none`. */
  kind: z.string(),
  /** The last error: our code, and the text of the library that refused the stanza, without numbers. */
  error: z.object({ code: z.string(), message: z.string() }),
  attempts: z.number().int().nonnegative(),
  firstAt: z.date(),
  lastAt: z.date(),
  parkedAt: z.date(),
  /** Size of the stanza in bytes. */
  size: z.number().int().nonnegative(),
  /**
   * Sealed JSON `{ stanza, plain, names }`. The first two in base64: the stanza in WhatsApp's binary form, and its plaintext if it was decrypted.
   * `names {messageId, from, participant}` is absent in documents of earlier versions.
   */
  content: bytesSchema,
  /** Time at which another copy of the message arrived after all. */
  resolvedAt: z.date().nullable().default(null),
})
