import { z } from 'zod'
import { mediaSchema } from './media-document.ts'
import { messageFactsSchema } from './message-facts.ts'

/**
 * The content of a message to send. A new type of content is one more schema in the union. The compiler then reports every place that
 * has to handle it. Chats and people are JIDs, times are ms.
 *
 * PERSISTED CONTRACT v1: the sealed JSON of a job has these fields without `type`, which lies in the job document beside it. New
 * versions only add optional fields.
 */

/** A message that another one refers to. `participant` is its author in a group; null in a chat with one person. */
export const messageReferenceSchema = z.object({
  messageId: z.string(),
  chat: z.string(),
  participant: z.string().nullable(),
  fromMe: z.boolean(),
})

export type MessageReference = z.infer<typeof messageReferenceSchema>

/** The people whom a text mentions. The entry `all` stands for every member of the group. */
export const mentionsSchema = z.array(z.string())

/** The preview of a link. `fetched` is made from the first link of the text when the message is composed, and left out if that fails. */
const previewSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fetched') }),
  z.object({
    kind: z.literal('given'),
    url: z.string(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    /** Where the picture is fetched from, or the picture itself in base64. Null without one. */
    image: z.object({ url: z.string().nullable(), data: z.string().nullable() }).nullable(),
  }),
])

export type LinkPreview = z.infer<typeof previewSchema>

const answerable = { replyTo: messageReferenceSchema.optional() }

/** The people who get a status. In a chat of any other kind it is absent. */
export const audience = { audience: z.array(z.string()).optional() }

const textSchema = z.object({
  type: z.literal('text'),
  text: z.string(),
  mentions: mentionsSchema.optional(),
  preview: previewSchema.optional(),
  ...answerable,
})

/** What every medium has. `audience` is there when it is a status. */
const mediaFields = {
  media: mediaSchema,
  caption: z.string().nullable().optional(),
  mentions: mentionsSchema.optional(),
  ...audience,
  ...answerable,
}

const imageSchema = z.object({ type: z.literal('image'), ...mediaFields })

/** `isNote`: a round video note. */
const videoSchema = z.object({ type: z.literal('video'), ...mediaFields, isNote: z.boolean().optional() })

/** `converts`: whatever audio comes, the owner makes it ogg/opus. */
const voiceSchema = z.object({ type: z.literal('voice'), ...mediaFields, converts: z.boolean().optional() })

const documentSchema = z.object({ type: z.literal('document'), ...mediaFields })

const stickerSchema = z.object({ type: z.literal('sticker'), ...mediaFields })

const locationSchema = z.object({
  type: z.literal('location'),
  latitude: z.number(),
  longitude: z.number(),
  title: z.string().nullable(),
  address: z.string().nullable().optional(),
  ...answerable,
})

const contactsSchema = z.object({
  type: z.literal('contacts'),
  contacts: z.array(z.object({ name: z.string(), vcard: z.string() })),
  ...answerable,
})

const pollSchema = z.object({
  type: z.literal('poll'),
  name: z.string(),
  options: z.array(z.string()),
  multipleAnswers: z.boolean(),
  ...answerable,
})

/** An empty list of options takes the vote back. */
const pollVoteSchema = z.object({ type: z.literal('poll-vote'), poll: messageReferenceSchema, options: z.array(z.string()) })

const listSchema = z.object({
  type: z.literal('list'),
  title: z.string(),
  description: z.string().nullable(),
  footer: z.string().nullable(),
  button: z.string(),
  sections: z.array(
    z.object({
      title: z.string(),
      rows: z.array(z.object({ id: z.string(), title: z.string(), description: z.string().nullable() })),
    }),
  ),
  ...answerable,
})

const eventSchema = z.object({
  type: z.literal('event'),
  name: z.string(),
  description: z.string().nullable(),
  startMs: z.number(),
  endMs: z.number().nullable(),
  location: z.string().nullable(),
  extraGuestsAllowed: z.boolean(),
  ...answerable,
})

/** An empty text removes the reaction. */
const reactionSchema = z.object({ type: z.literal('reaction'), target: messageReferenceSchema, text: z.string() })

const editSchema = z.object({
  type: z.literal('edit'),
  target: messageReferenceSchema,
  text: z.string(),
  mentions: mentionsSchema.optional(),
  preview: previewSchema.optional(),
})

/** Deletes a message for everyone. */
const deleteSchema = z.object({ type: z.literal('delete'), target: messageReferenceSchema, ...audience })

const forwardSchema = z.object({ type: z.literal('forward'), source: messageReferenceSchema })

const starSchema = z.object({ type: z.literal('star'), target: messageReferenceSchema, isStarred: z.boolean() })

/** `durationSeconds` is null to unpin. */
const pinSchema = z.object({ type: z.literal('pin'), target: messageReferenceSchema, durationSeconds: z.number().nullable() })

const statusTextSchema = z.object({
  type: z.literal('status-text'),
  text: z.string(),
  /** `#rrggbb` */
  backgroundColor: z.string().nullable(),
  font: z.number().nullable(),
  ...audience,
})

export const messageContentSchema = z.discriminatedUnion('type', [
  textSchema,
  imageSchema,
  videoSchema,
  voiceSchema,
  documentSchema,
  stickerSchema,
  locationSchema,
  contactsSchema,
  pollSchema,
  pollVoteSchema,
  listSchema,
  eventSchema,
  reactionSchema,
  editSchema,
  deleteSchema,
  forwardSchema,
  starSchema,
  pinSchema,
  statusTextSchema,
])

export type MessageContent = z.infer<typeof messageContentSchema>

export type ContentType = MessageContent['type']

export type ContentOf<Type extends ContentType> = Extract<MessageContent, { type: Type }>

export const contentTypeSchema = z.literal(messageContentSchema.options.map(({ shape }) => shape.type.value))

/** The text of a message to send, as a person reads it; null for a content without text. */
export function textOfContent(content: MessageContent): string | null {
  switch (content.type) {
    case 'text':
    case 'edit':
    case 'status-text':
    case 'reaction':
      return content.text
    case 'image':
    case 'video':
    case 'voice':
    case 'document':
    case 'sticker':
      return content.caption ?? null
    case 'poll':
    case 'event':
      return content.name
    case 'list':
    case 'location':
      return content.title
    case 'contacts':
      return content.contacts.map(({ name }) => name).join(', ')
    case 'poll-vote':
      return content.options.join(', ')
    case 'delete':
    case 'forward':
    case 'star':
    case 'pin':
      return null
  }
}

/** PERSISTED CONTRACT v1: the sealed JSON of a received message. */
export const receivedContentSchema = z.object({
  /** The text that a person reads; null for a message without text. */
  text: z.string().nullable(),
  /** The whole message as a protobuf in base64; empty when it does not fit into a document. */
  proto: z.string(),
  /** What the message says beside its text. Absent in documents of earlier versions. */
  facts: messageFactsSchema.optional(),
  /** The name that the sender gave itself. Absent in documents of earlier versions, which have it in the clear. */
  pushName: z.string().nullable().optional(),
  /** What the document has pseudonyms of. Absent in documents of earlier versions, which have the names in the clear. */
  names: z.object({ messageId: z.string(), chat: z.string(), participant: z.string().nullable() }).optional(),
})

/** The content of a received message. */
export type ReceivedContent = z.infer<typeof receivedContentSchema>
