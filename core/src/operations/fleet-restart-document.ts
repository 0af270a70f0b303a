import { z } from 'zod'

/** PERSISTED CONTRACT v1: `fleet/restart`, the last restart of all runners that was asked for. New versions only add optional fields. */
export const FLEET_RESTART_PATH = 'fleet/restart'

export const fleetRestartSchema = z.object({
  v: z.literal(1),
  requestedAt: z.date(),
  /** Who: the id of the API key, or `operator` for the one of the environment. */
  requestedBy: z.string(),
  /** When the sweep told Cloud Run. Null: not yet. */
  startedAt: z.date().nullable(),
})

export type FleetRestart = z.infer<typeof fleetRestartSchema>

/** A restart that nobody began for so long is not wanted any more: nobody expects it then. */
export const RESTART_VALID_MS = 10 * 60_000
