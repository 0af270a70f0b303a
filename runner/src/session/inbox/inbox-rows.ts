import { z } from 'zod'

/**
 * PERSISTED CONTRACT v1: kind `inbox` of the state image, by the hash of the ciphertext (or of the stanza, when nothing in it was
 * encrypted; `history {document}` for a message that only history has told of).
 */
const rowSchema = z.object({
  /** WhatsApp's id of the stanza. */
  id: z.string(),
  /** When it was decrypted, ms. */
  at: z.number(),
  /** The padded plaintext, base64, while open. */
  plain: z.string().optional(),
  /** What its document will say, while open; absent when the stanza has no document. */
  message: z
    .object({
      messageId: z.string(),
      chat: z.string(),
      participant: z.string().nullable(),
      fromMe: z.boolean(),
      pushName: z.string().nullable(),
      type: z.string(),
      text: z.string().nullable(),
      proto: z.string(),
      sentAtMs: z.number(),
    })
    .optional(),
  /** Id of the message's document. Another stanza with the same message (a sender's retry) makes none of its own. */
  document: z.string().optional(),
  /** What is to be done with the plaintext before the row is settled: it tells of other messages. */
  work: z.literal('told').optional(),
  /** Why that could not be done, as a code; the row is settled all the same. */
  failed: z.string().optional(),
  /** Its message has a document, or needs none. */
  settled: z.literal(true).optional(),
  /** WhatsApp has acknowledged the receipt. */
  acked: z.literal(true).optional(),
})

export type Row = z.infer<typeof rowSchema>

export const INBOX = 'inbox'

/** Once nobody needs the plaintext any more, the row only tells a redelivered stanza from a new one. */
export const encodeRow = ({ plain, ...row }: Row): string =>
  JSON.stringify({ ...row, ...(plain === undefined || (row.settled && row.acked) ? {} : { plain }) } satisfies Row)

export const decodeRow = (encoded: string): Row => JSON.parse(encoded) as Row
