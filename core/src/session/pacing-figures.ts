import { z } from 'zod'

/** Why a message is held back although its session could send it. Part of the API: words are added, never changed. */
export const HOLD_REASONS = [
  'pacing-delay',
  'daily-limit',
  'ramp-limit',
  'recipient-gap',
  'reach-out-lock',
  'message-cap',
] as const

export type HoldReason = (typeof HOLD_REASONS)[number]

/** What WhatsApp announced about the account. PERSISTED CONTRACT v1, as part of the session's document. */
const announcedSchema = z.object({
  /** A lock against new chats. `until` null: it was lifted. */
  reachOutLock: z.object({ type: z.string(), until: z.date().nullable(), announcedAt: z.date() }).nullable().default(null),
  /** The quota of messages that begin new chats. */
  messageCap: z
    .object({
      /** WhatsApp's word: `NONE`, `FIRST_WARNING`, `SECOND_WARNING`, `CAPPED`, or one of a later version. */
      status: z.string(),
      used: z.number().nullable(),
      total: z.number().nullable(),
      /** The end of the quota's cycle. */
      until: z.date().nullable(),
      announcedAt: z.date(),
    })
    .nullable()
    .default(null),
})

/**
 * How much a session has sent and may send, as its owner last counted: the field `pacing` of its document. PERSISTED CONTRACT v1:
 * new versions only add optional fields.
 */
export const pacingFiguresSchema = z.object({
  /** The day that is counted, YYYY-MM-DD in `timeZone`. */
  day: z.string(),
  timeZone: z.string(),
  sentToday: z.number().int().nonnegative(),
  /** The limit of that day, which is lower while the session is young. */
  dailyLimit: z.number().int().positive(),
  firstSentAt: z.date().nullable(),
  /** The end of the pause after the last message. */
  nextSendAt: z.date().nullable(),
  announced: announcedSchema.default({ reachOutLock: null, messageCap: null }),
})

export type PacingFigures = z.infer<typeof pacingFiguresSchema>
