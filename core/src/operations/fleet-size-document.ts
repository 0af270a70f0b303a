import { z } from 'zod'

/** PERSISTED CONTRACT v1: `fleet/size`, the number of runners that the sessions need, as the sweep sees it. New versions only add optional fields. */
export const FLEET_SIZE_PATH = 'fleet/size'

export const fleetSizeSchema = z.object({
  v: z.literal(1),
  /** Sessions that are wanted online. */
  wanted: z.number().int().nonnegative(),
  /** Sessions that no living runner has room for. */
  unplaced: z.number().int().nonnegative(),
  /** Sessions that one runner holds, as the runners say. */
  capacity: z.number().int().positive(),
  /** The number of instances that Cloud Run was told, and the number that is needed. Null where the fleet is not sized. */
  instances: z.number().int().nonnegative().nullable(),
  needed: z.number().int().nonnegative().nullable(),
  /** Since when fewer instances would have been enough. */
  lowerSince: z.date().nullable(),
  /** When the number was last changed, and from how many. */
  changedAt: z.date().nullable(),
  changedFrom: z.number().int().nonnegative().nullable(),
  sentence: z.string(),
})

export type FleetSize = z.infer<typeof fleetSizeSchema>
