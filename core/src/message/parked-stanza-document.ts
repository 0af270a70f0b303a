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
  /** The WhatsApp id, chosen by the sender. */
  messageId: z.string(),
  from: z.string(),
  participant: z.string().nullable(),
  /** Type of its encryption (`msg`, `pkmsg`, `skmsg`, …), or `none`. */
  kind: z.string(),
  /** The last error: our code, and the text of the library that refused the stanza. */
  error: z.object({ code: z.string(), message: z.string() }),
  attempts: z.number().int().nonnegative(),
  firstAt: z.date(),
  lastAt: z.date(),
  parkedAt: z.date(),
  /** Size of the stanza in bytes. */
  size: z.number().int().nonnegative(),
  /** Sealed JSON `{ stanza, plain }`, base64: the stanza in WhatsApp's binary form, and its plaintext if it was decrypted. */
  content: bytesSchema,
  /** Time at which another copy of the message arrived after all. */
  resolvedAt: z.date().nullable().default(null),
})
