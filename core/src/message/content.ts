import { z } from 'zod'

/**
 * The content of a message to send. A new type of content is one more schema in this union. The compiler then reports every place
 * that has to handle it.
 *
 * PERSISTED CONTRACT v1: the sealed JSON of a job has these fields without `type`, which lies in the job document beside it.
 */
export const messageContentSchema = z.discriminatedUnion('type', [z.object({ type: z.literal('text'), text: z.string() })])

export type MessageContent = z.infer<typeof messageContentSchema>

export const contentTypeSchema = z.literal(messageContentSchema.options.map(({ shape }) => shape.type.value))

/** PERSISTED CONTRACT v1: the sealed JSON of a received message. */
export const receivedContentSchema = z.object({
  /** The text that a person reads; null for a message without text. */
  text: z.string().nullable(),
  /** The whole message as a protobuf in base64; empty when it does not fit into a document. */
  proto: z.string(),
})

/** The content of a received message. */
export type ReceivedContent = z.infer<typeof receivedContentSchema>
