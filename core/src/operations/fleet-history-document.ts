import { z } from 'zod'
import { HEALTH_STATUSES } from './health-document.ts'

/**
 * PERSISTED CONTRACT v1: `fleet_history/current`, what the sweep remembers of the installation: the totals of runners that are gone,
 * its availability by day, its last incidents. New versions only add optional fields.
 */
export const FLEET_HISTORY = 'fleet_history'

export const FLEET_HISTORY_PATH = `${FLEET_HISTORY}/current`

const totalsSchema = z.record(z.string(), z.number())

export type Totals = z.infer<typeof totalsSchema>

export const fleetHistorySchema = z.object({
  v: z.literal(1),
  measuredAt: z.date(),
  /** Totals of runners whose document is gone, by name. */
  gone: totalsSchema.catch({}).default({}),
  /** The last known totals of runners whose document exists, by runner. */
  seen: z.record(z.string(), totalsSchema).catch({}).default({}),
  /** By day (UTC, YYYY-MM-DD): milliseconds that all sessions together should have been connected, and were. */
  days: z
    .record(z.string(), z.object({ wantedMs: z.number(), connectedMs: z.number() }))
    .catch({})
    .default({}),
  /** By month (UTC, YYYY-MM): milliseconds that sweeps have looked at. */
  measured: z.record(z.string(), z.number()).catch({}).default({}),
  /** Times at which the installation did not do its work, the newest first. The first one is open while its `until` is null. */
  incidents: z
    .array(
      z.object({
        /** The worst status that it had. */
        status: z.enum(HEALTH_STATUSES),
        /** A code of a problem. */
        code: z.string(),
        since: z.date(),
        until: z.date().nullable(),
      }),
    )
    .catch([])
    .default([]),
})

export type FleetHistory = z.infer<typeof fleetHistorySchema>
