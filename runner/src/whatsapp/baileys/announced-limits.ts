import type { ReachoutTimelockState } from '@whiskeysockets/baileys'
import { z } from 'zod'
import type { AnnouncedLimit } from '../port.ts'

/** The error code of a message that WhatsApp refuses because it would begin a chat. */
export const REACH_OUT_REFUSED = '463'

/** The time for which WhatsApp's own client believes a lock whose end it was not told. */
const UNTOLD_END_MS = 60_000

/** Translates a lock against new chats, as Baileys read it. Chats in which both have written go on. */
export function lockOf({ isActive, timeEnforcementEnds, enforcementType }: ReachoutTimelockState, nowMs: number): AnnouncedLimit {
  const endMs = timeEnforcementEnds?.getTime() ?? Number.NaN
  const untilMs = Number.isFinite(endMs) ? endMs : nowMs + UNTOLD_END_MS
  return { kind: 'reach-out-lock', type: enforcementType ?? 'DEFAULT', untilMs: isActive ? untilMs : null }
}

const number = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).catch(Number.NaN)

/** Baileys passes on what the server wrote, unchecked. */
const capSchema = z.object({
  capping_status: z.string().catch('NONE'),
  used_quota: number,
  total_quota: number,
  /** Seconds since 1970. */
  cycle_end_timestamp: number,
})

/** Translates the quota of messages that begin a chat. Null for an answer of another shape. */
export function capOf(info: unknown): AnnouncedLimit | null {
  const { data } = capSchema.safeParse(info)
  if (!data) return null
  return {
    kind: 'message-cap',
    status: data.capping_status,
    used: orNull(data.used_quota),
    total: orNull(data.total_quota),
    untilMs: data.cycle_end_timestamp > 0 ? data.cycle_end_timestamp * 1000 : null,
  }
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null)
