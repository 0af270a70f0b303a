import { z } from 'zod'
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
})

/** Kind `inbox`: one received stanza. */
export const inboxRowSchema = z.object({
  /** WhatsApp's id of the stanza. */
  id: z.string(),
  /** When it was decrypted, ms. */
  at: z.number(),
  /** The padded plaintext, base64, while open; never one that is too large to be kept. */
  plain: z.string().optional(),
  /** What its document will say, while open; absent when the stanza has no document. */
  message: inboxMessageSchema.optional(),
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

export type InboxRow = z.infer<typeof inboxRowSchema>

/** Kind `undecrypted`: one stanza that could not be read, or not be stored. */
export const undecryptedRowSchema = z.object({
  messageId: z.string(),
  from: z.string(),
  participant: z.string().nullable(),
  /** How the stanza was encrypted, or `none`. */
  kind: z.string(),
  code: z.string(),
  message: z.string(),
  /** ms */
  firstAt: z.number(),
  /** ms */
  lastAt: z.number(),
  attempts: z.number(),
  size: z.number(),
  /** Base64; gone once the document has it, and absent when the stanza was too large to be kept. */
  stanza: z.string().optional(),
  plain: z.string().optional(),
  /** When it was parked, ms. Its document has everything once `stanza` is gone. */
  parkedAt: z.number().optional(),
})

export type UndecryptedRow = z.infer<typeof undecryptedRowSchema>

/** Kind `device-cache`: the devices of one user. An early version wrote the bare list, without its time. */
export const cachedDevicesSchema = z.union([
  z.object({
    /** When the server named the devices, ms. */
    at: z.number(),
    /** As Baileys has them. */
    devices: z.unknown(),
  }),
  z.array(z.unknown()),
])

/** Kind `contact`. */
export const contactSchema = z.object({
  /** How the contact calls itself. */
  notify: z.string(),
})

/** Kind `meta`, id `replaced`: when other connections took the place of this session, and when it may dial again. */
export const replacedSchema = z.object({ atMs: z.array(z.number()), dialAtMs: z.number() })

const reasonCodes = Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]]

/** What a session waits for before it dials, and until when (milliseconds since the epoch). Words of a later version are replaced. */
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
