import { z } from 'zod'

/**
 * PERSISTED CONTRACT v1: `runner_slots/{number}`, a numbered place in the fleet with the runner that holds it. A slot is free when its
 * holder has no document in `runners` any more, or is dead. New versions only add optional fields.
 */
export const RUNNER_SLOTS = 'runner_slots'

export const runnerSlotPath = (slot: number): string => `${RUNNER_SLOTS}/${slot}`

export const runnerSlotSchema = z.object({
  v: z.literal(1),
  /** The runner that took the slot last. */
  runnerId: z.string(),
  takenAt: z.date(),
})

export type RunnerSlotDocument = z.infer<typeof runnerSlotSchema>
