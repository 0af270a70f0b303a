import { z } from 'zod'

/**
 * What a message says beside its text, as the session's owner reads it from WhatsApp's protobuf. Whoever shows a message needs no
 * protobuf then. People and chats are JIDs.
 *
 * PERSISTED CONTRACT v1: a part of the sealed JSON of a message. New versions only add optional fields.
 */

const mediaFactsSchema = z.object({
  mimetype: z.string().nullable(),
  /** Only documents have one. */
  filename: z.string().nullable(),
  /** The number of bytes, as the sender says; null when the sender says nothing. */
  bytes: z.number().nullable(),
  /** Length of a sound or a video. */
  seconds: z.number().nullable(),
  /** A voice message, a round video note, or a moving sticker or picture. */
  form: z.enum(['voice', 'note', 'animated']).optional(),
})

const quoteFactsSchema = z.object({
  messageId: z.string(),
  /** Author of the quoted message. */
  participant: z.string().nullable(),
  text: z.string().nullable(),
  type: z.string(),
  hasMedia: z.boolean(),
})

const locationFactsSchema = z.object({
  latitude: z.number(),
  longitude: z.number(),
  name: z.string().nullable(),
  address: z.string().nullable(),
  url: z.string().nullable(),
  /** True while the sender keeps sending its place. */
  live: z.boolean(),
})

const pollFactsSchema = z.object({
  name: z.string(),
  options: z.array(z.string()),
  multipleAnswers: z.boolean(),
})

const listFactsSchema = z.object({
  title: z.string().nullable(),
  button: z.string().nullable(),
  footer: z.string().nullable(),
  rows: z.array(z.object({ id: z.string(), title: z.string(), description: z.string().nullable() })),
})

const eventFactsSchema = z.object({
  name: z.string(),
  description: z.string().nullable(),
  /** Seconds since 1970. */
  startTime: z.number().nullable(),
  endTime: z.number().nullable(),
  location: z.string().nullable(),
  isCanceled: z.boolean(),
})

export const messageFactsSchema = z.object({
  media: mediaFactsSchema.optional(),
  replyTo: quoteFactsSchema.optional(),
  mentions: z.array(z.string()).optional(),
  location: locationFactsSchema.optional(),
  vCards: z.array(z.string()).optional(),
  poll: pollFactsSchema.optional(),
  /** A list, or a message with buttons. */
  list: listFactsSchema.optional(),
  /** What the sender chose from a list or by a button. */
  choice: z.object({ id: z.string(), text: z.string() }).optional(),
  event: eventFactsSchema.optional(),
  /** What a vote chose; null when it could not be decrypted. */
  vote: z.array(z.string()).nullable().optional(),
  /** The answer to an event; null when it could not be decrypted. */
  response: z
    .object({ answer: z.enum(['GOING', 'NOT_GOING', 'MAYBE', 'UNKNOWN']), extraGuests: z.number() })
    .nullable()
    .optional(),
  /** Seconds for which a message was pinned; null: it was unpinned. */
  pinnedFor: z.number().nullable().optional(),
  /** Whether a message that would disappear is kept in the chat. */
  kept: z.boolean().optional(),
  /** An album announces so many pictures and videos, which follow as messages of their own. */
  album: z.object({ images: z.number(), videos: z.number() }).optional(),
  /** The id of the album that a picture belongs to. Its chat and its author are those of the picture. */
  albumId: z.string().optional(),
  isViewOnce: z.literal(true).optional(),
  isForwarded: z.literal(true).optional(),
  /** Seconds after which the message disappears. */
  disappearsAfter: z.number().optional(),
  /** The protobuf's name of a kind that is not read. */
  unsupported: z.string().optional(),
})

export type MessageFacts = z.infer<typeof messageFactsSchema>
