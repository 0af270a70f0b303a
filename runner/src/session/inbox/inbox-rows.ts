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
  /** The padded plaintext, base64, while open; never one that is too large to be kept. */
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
      /** As in its document; `proto` is empty then. */
      tooLarge: z.object({ bytes: z.number(), textIsCut: z.boolean() }).optional(),
    })
    .optional(),
  /** Id of the message's document. Another stanza with the same message (a sender's retry) makes none of its own. */
  document: z.string().optional(),
  /** What is to be done with the plaintext before the row is settled: it tells of other messages. */
  work: z.literal('told').optional(),
  /** Why that could not be done, or its document not be made, as a code; the row is settled all the same. */
  failed: z.string().optional(),
  /** Its message has a document, or needs none. */
  settled: z.literal(true).optional(),
  /** WhatsApp has acknowledged the receipt. */
  acked: z.literal(true).optional(),
})

export type Row = z.infer<typeof rowSchema>

/** A received message as its document will have it. */
export type StoredMessage = NonNullable<Row['message']>

export const INBOX = 'inbox'

/** Once nobody needs the plaintext any more, the row only tells a redelivered stanza from a new one. */
export const encodeRow = ({ plain, ...row }: Row): string =>
  JSON.stringify({ ...row, ...(plain === undefined || (row.settled && row.acked) ? {} : { plain }) } satisfies Row)

export const decodeRow = (encoded: string): Row => JSON.parse(encoded) as Row

/**
 * A larger plaintext is not kept: with the message beside it, and what came together with it, its record would be more than Firestore
 * takes at once, and the session could not go on. What Baileys derives from it after the receipt is asked for again when it is missed.
 */
const MAX_PLAIN_BYTES = 720 * 1024

/** What the phone tells is worked through after its receipt, so it has to be kept; large parts of it are files. */
const MAX_TOLD_BYTES = 3 * 1024 * 1024

/** What a row holds of the plaintext; null when that is nothing. */
export const keptOf = (plain: Buffer, tells: boolean): string | null =>
  plain.length <= (tells ? MAX_TOLD_BYTES : MAX_PLAIN_BYTES) ? plain.toString('base64') : null
