import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'
import { sessionPath } from '../session/session-document.ts'

/**
 * PERSISTED CONTRACT v1: `whatsapp_connection_states/{sessionId}/parked_stanzas/{hash of sender, participant, id}`, something that
 * WhatsApp delivered and that could not be read after all attempts. WhatsApp was told so, and will not deliver it again.
 */
export const parkedStanzasPath = (sessionId: string): string => `${sessionPath(sessionId)}/parked_stanzas`

/** What the sealed content of a parked stanza is bound to. */
export const parkedStanzaPlace = (sessionId: string, documentId: string): string =>
  `${parkedStanzasPath(sessionId)}/${documentId}/content`

export const parkedStanzaDocumentSchema = z.object({
  v: z.literal(1),
  /** The WhatsApp id, chosen by the sender. */
  messageId: z.string(),
  from: z.string(),
  participant: z.string().nullable(),
  /** How it was encrypted (`msg`, `pkmsg`, `skmsg`, …), or `none`. */
  kind: z.string(),
  /** What was wrong with it the last time: a code of ours, and the words of whoever refused it. */
  error: z.object({ code: z.string(), message: z.string() }),
  attempts: z.number().int().nonnegative(),
  firstAt: z.date(),
  lastAt: z.date(),
  parkedAt: z.date(),
  /** Of the stanza, in bytes. */
  size: z.number().int().nonnegative(),
  /** Sealed JSON `{ stanza, plain }`, base64: the stanza in WhatsApp's binary form, and what it was decrypted to, if it was. */
  content: bytesSchema,
  /** When the message came all the same, in another copy. */
  resolvedAt: z.date().nullable().default(null),
})
