import { z } from 'zod'
import { changeTargetSchema } from '../message/message-change.ts'
import { messageFactsSchema } from '../message/message-facts.ts'
import { REASONS, type ReasonCode } from '../session/session-states.ts'

/** The shapes of our own values in the state image. `state-kinds.ts` says which kind has which. PERSISTED CONTRACT v1. */

const inboxMessageSchema = z.object({
  messageId: z.string(),
  chat: z.string(),
  participant: z.string().nullable(),
  fromMe: z.boolean(),
  pushName: z.string().nullable(),
  type: z.string(),
  text: z.string().nullable(),
  proto: z.string(),
  sentAtMs: z.number(),
  /** As in the document of the message; `proto` is empty then. */
  tooLarge: z.object({ bytes: z.number(), textIsCut: z.boolean() }).optional(),
  facts: messageFactsSchema.optional(),
  /** Set when it changes another message instead of being one. */
  changes: changeTargetSchema.optional(),
})

/** Kind `inbox`: one received stanza. */
export const inboxRowSchema = z.object({
  /** WhatsApp's id of the stanza. */
  id: z.string(),
  /** When it was decrypted, ms. */
  at: z.number(),
  /** The padded plaintext, base64, while the row is open. A plaintext that is too large is not kept. */
  plain: z.string().optional(),
  /** The content of its document, while the row is open; absent when the stanza has no document. */
  message: inboxMessageSchema.optional(),
  /** Id of the message's document. Another stanza with the same message (a sender's retry) makes no second document. */
  document: z.string().optional(),
  /** Work on the plaintext that comes before the row is settled. `told`: the stanza tells of other messages. */
  work: z.literal('told').optional(),
  /** Code of the reason why the work or the document could not be done. The row is settled all the same. */
  failed: z.string().optional(),
  /** Its message has a document, or needs none. */
  settled: z.literal(true).optional(),
  /** WhatsApp has acknowledged the receipt. */
  acked: z.literal(true).optional(),
})

export type InboxRow = z.infer<typeof inboxRowSchema>

/** Kind `message-secret`: what opens votes about a poll and answers to an event, which are encrypted once more. */
export const messageSecretSchema = z.object({
  /** When the message was read, ms. */
  at: z.number(),
  /** Base64. */
  secret: z.string(),
  /** The options of a poll. Votes name them by hash. */
  options: z.array(z.string()).optional(),
})

export type MessageSecret = z.infer<typeof messageSecretSchema>

/** Kind `undecrypted`: one stanza that could not be read, or not be stored. */
export const undecryptedRowSchema = z.object({
  messageId: z.string(),
  from: z.string(),
  participant: z.string().nullable(),
  /** Type of the stanza's encryption, or `none`. */
  kind: z.string(),
  code: z.string(),
  message: z.string(),
  /** ms */
  firstAt: z.number(),
  /** ms */
  lastAt: z.number(),
  attempts: z.number(),
  size: z.number(),
  /** Base64. Removed once the document has it; absent when the stanza was too large to be kept. */
  stanza: z.string().optional(),
  plain: z.string().optional(),
  /** When it was parked, ms. Its document has everything once `stanza` is gone. */
  parkedAt: z.number().optional(),
})

export type UndecryptedRow = z.infer<typeof undecryptedRowSchema>

/** Kind `device-cache`: the devices of one user. An early version wrote the bare list, without its time. */
export const cachedDevicesSchema = z.union([
  z.object({
    /** When the server listed the devices, ms. */
    at: z.number(),
    /** As Baileys has them. */
    devices: z.unknown(),
  }),
  z.array(z.unknown()),
])

/** Kind `offered-pre-keys`. */
export const offeredPreKeysSchema = z.object({
  /** The number of keys that the server could still give to contacts. */
  count: z.number().int().nonnegative(),
  /** The number of the newest key that this device had then. */
  newest: z.number().int().nonnegative(),
})

/** Kind `archived`: the archive object that holds a record. */
export const archivedSchema = z.object({
  /** The object is named by these. */
  seq: z.number().int().nonnegative(),
  epoch: z.number().int().positive(),
  /** Set when a restore has lost records that may have used it: a session is closed when it comes back. */
  isStale: z.literal(true).optional(),
})

export type Archived = z.infer<typeof archivedSchema>

/** Kind `record-history`: the number of counted records on each of the last days, ascending. Days are numbered from 1970, UTC. */
export const recordHistorySchema = z.array(z.object({ day: z.number().int(), records: z.number().int().nonnegative() }))

/** Kind `contact`. */
export const contactSchema = z.object({
  /** The name that the contact gives itself. */
  notify: z.string(),
})

/** Kind `meta`, id `replaced`: when other connections took the place of this session, and when it may dial again. */
export const replacedSchema = z.object({ atMs: z.array(z.number()), dialAtMs: z.number() })

/** Kind `meta`, id `movedIn`: the session was moved in from another program. */
export const movedInSchema = z.object({
  /** When it was first connected here, ms; null before. */
  connectedAtMs: z.number().nullable(),
})

const reasonCodes = Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]]

/** Reason and end (milliseconds since 1970) of a session's wait before it dials. Words of a later version are replaced. */
const waitSchema = z.object({
  untilMs: z.number(),
  state: z.enum(['CONNECTING', 'BACKOFF', 'REPLACED']).catch('BACKOFF'),
  reason: z.enum(reasonCodes).catch('whatsapp-trouble'),
})

export type Wait = z.infer<typeof waitSchema>

/** Kind `meta`, id `failures`. */
export const failuresSchema = z.object({
  whatsapp: z.number(),
  pairings: z.number(),
  openedAtMs: z.number().nullable(),
  wait: waitSchema.nullable(),
})

/** Kind `asked-again`: a message that one device could not read, until WhatsApp has a copy of it for that device. */
export const askedAgainSchema = z.object({
  messageId: z.string(),
  /** JID of the chat, as the device named it. */
  chat: z.string(),
  /** JID of the device. */
  device: z.string(),
  /** The number of copies that were sent for the request, or are about to be. */
  copies: z.number().int(),
  /** The earliest time of the next copy, ms; 0: as soon as the last one is known to be lost. */
  notBeforeMs: z.number(),
})

export type AskedAgainRow = z.infer<typeof askedAgainSchema>

/** Kind `pacing`, id `counters`: how much the session has sent. */
export const pacingCountersSchema = z.object({
  /** The day that `sentToday` counts, YYYY-MM-DD in the tenant's time zone. */
  day: z.string(),
  sentToday: z.number(),
  /** When the session began to send, ms. */
  firstAtMs: z.number().nullable(),
  /** The end of the pause after the last message, ms. */
  nextAtMs: z.number(),
})

export type PacingState = z.infer<typeof pacingCountersSchema>

/** Kind `pacing`, id `announced`: limits of the account, as WhatsApp announced them. Times in ms. */
export const announcedLimitsSchema = z.object({
  /** `untilMs` null: the lock was lifted. */
  reachOutLock: z.object({ type: z.string(), untilMs: z.number().nullable(), atMs: z.number() }).nullable(),
  messageCap: z
    .object({
      status: z.string(),
      used: z.number().nullable(),
      total: z.number().nullable(),
      untilMs: z.number().nullable(),
      atMs: z.number(),
    })
    .nullable(),
})

export type AnnouncedLimits = z.infer<typeof announcedLimitsSchema>
