import { z } from 'zod'

/**
 * PERSISTED CONTRACT v1: `fleet/last-move`, the last session that a runner gave to another one for the sake of balance. Whoever makes the
 * next move changes this document in the version that it read, and not before it is a second old by Firestore's times. New versions only
 * add optional fields.
 */
export const FLEET = 'fleet'

export const LAST_MOVE_PATH = `${FLEET}/last-move`

export const lastMoveSchema = z.object({
  v: z.literal(1),
  sessionId: z.string(),
  from: z.string(),
  to: z.string(),
  at: z.date(),
})
