import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'
import { sessionPath } from '../session/session-document.ts'

/** PERSISTED CONTRACT v1: `whatsapp_connection_states/{sessionId}/messages/{hash of chat, participant, id}`, a received message. */
export const messagesPath = (sessionId: string): string => `${sessionPath(sessionId)}/messages`

export const messageDocumentSchema = z.object({
  v: z.literal(1),
  /** The WhatsApp id, chosen by the sender. */
  messageId: z.string(),
  chat: z.string(),
  participant: z.string().nullable(),
  fromMe: z.boolean(),
  pushName: z.string().nullable(),
  type: z.string(),
  /** Sealed: see `sealed-content.ts`. */
  content: bytesSchema,
  /** By the sender's phone. */
  sentAt: z.date(),
  /** Ascending in the order of becoming visible: 20 digits of the journal record, a dash, 6 digits within it. */
  order: z.string(),
  /** It does not fit: of the message, which had so many bytes, only the text is here; the beginning of it when it is cut. */
  tooLarge: z.object({ bytes: z.number().int().nonnegative(), textIsCut: z.boolean() }).optional(),
  /** The phone told of it when the device was linked: it was sent before. */
  fromHistory: z.literal(true).optional(),
})

export type MessageDocument = z.infer<typeof messageDocumentSchema>

export const messageOrder = (sequence: number, index: number): string =>
  `${String(sequence).padStart(20, '0')}-${String(index).padStart(6, '0')}`
