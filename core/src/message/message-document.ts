import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'
import { sessionPath } from '../session/session-document.ts'

/** PERSISTED CONTRACT v1: a received message, `whatsapp_connection_states/{sessionId}/messages/{hash of chat, participant, id}`. */
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
  /** Time of sending, by the sender's phone. */
  sentAt: z.date(),
  /** Sort key, ascending as messages become visible: 20 digits of the journal record, a dash, 6 digits within it. */
  order: z.string(),
  /** Set when the message did not fit, with its size in bytes. `content` then has only the text, cut if `textIsCut`. */
  tooLarge: z.object({ bytes: z.number().int().nonnegative(), textIsCut: z.boolean() }).optional(),
  /** Set when the message was sent before the device was linked, and came with the phone's history. */
  fromHistory: z.literal(true).optional(),
})

export type MessageDocument = z.infer<typeof messageDocumentSchema>

export const messageOrder = (sequence: number, index: number): string =>
  `${String(sequence).padStart(20, '0')}-${String(index).padStart(6, '0')}`
