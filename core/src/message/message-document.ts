import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'
import { sessionPath } from '../session/session-document.ts'

/**
 * PERSISTED CONTRACT v1: a message of a chat, received or sent, `whatsapp_connection_states/{sessionId}/messages/{hash of chat, participant, id}`. Edits,
 * reactions and the like add fields of their own: see `message-change.ts`.
 */
export const messagesPath = (sessionId: string): string => `${sessionPath(sessionId)}/messages`

export const messageDocumentSchema = z.object({
  v: z.literal(1),
  /** Stands for the WhatsApp id, chosen by the sender. The names themselves are in `content`: see `message-names.ts`. */
  messageId: z.string(),
  /** Stands for the JID. */
  chat: z.string(),
  /** Stands for the JID of the author. */
  participant: z.string().nullable(),
  /** Masked JIDs, for people who look at the document. Absent in documents of earlier versions. */
  shown: z.object({ chat: z.string(), participant: z.string().nullable() }).optional(),
  fromMe: z.boolean(),
  /** Masked, for people who look at the document: the name is in `content`. In the clear in documents of earlier versions: see `push-name.ts`. */
  pushName: z.string().nullable(),
  type: z.string(),
  /** Sealed: see `sealed-content.ts`. */
  content: bytesSchema,
  /** Time of sending, by the sender's phone. */
  sentAt: z.date(),
  /**
   * Sort key, ascending as messages become visible: 20 digits of the journal record, a dash, 6 digits within it. Messages that were
   * sent through the API have none, and so are not in the list of what was received.
   */
  order: z.string().optional(),
  /** Set when the message did not fit, with its size in bytes. `content` then has only the text, cut if `textIsCut`. */
  tooLarge: z.object({ bytes: z.number().int().nonnegative(), textIsCut: z.boolean() }).optional(),
  /** The same key of a message that was sent through the API, which orders it among others of the same second. */
  place: z.string().optional(),
  /** Set for a message that was sent through the API: the id of its job, which knows how far it has come. */
  job: z.string().optional(),
  /** How far a message of one's own has come, as WAHA counts it, where its job does not know: see `ACKS`. */
  ack: z.number().int().min(2).max(4).optional(),
  /** The edits of the message, in the order in which they arrived. The last one has a field of its own. */
  versions: z.array(z.object({ messageId: z.string(), at: z.date() })).optional(),
  /** Set when the message was sent before the device was linked, and came with the phone's history. */
  fromHistory: z.literal(true).optional(),
})

export type MessageDocument = z.infer<typeof messageDocumentSchema>

export const messageOrder = (sequence: number, index: number): string =>
  `${String(sequence).padStart(20, '0')}-${String(index).padStart(6, '0')}`
