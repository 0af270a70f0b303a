import { z } from 'zod'
import { OUTAGE_VERDICTS } from './network-report.ts'

/**
 * PERSISTED CONTRACT v1: `health_status/{scope}`, written each minute by the sweep. The scopes are `fleet`, `runner.{runnerId}` and, for
 * sessions that are not well, `session.{sessionId}`. New versions only add optional fields.
 */
export const HEALTH = 'health_status'

export const FLEET_SCOPE = 'fleet'

/**
 * The sweep writes the document of the fleet each minute. An older one, by Firestore's times, is of a sweep that does not run: nobody
 * believes it.
 */
export const FLEET_HEALTH_LIMIT_MS = 3 * 60_000

export const healthPath = (scope: string): string => `${HEALTH}/${scope}`

export const runnerScope = (runnerId: string): string => `runner.${runnerId}`

export const sessionScope = (sessionId: string): string => `session.${sessionId}`

/** From best to worst. */
export const HEALTH_STATUSES = ['healthy', 'degraded', 'warning', 'critical'] as const

export type HealthStatus = (typeof HEALTH_STATUSES)[number]

export const healthDocumentSchema = z.object({
  v: z.literal(1),
  scope: z.string(),
  status: z.enum(HEALTH_STATUSES),
  /** Since when the status has been the same. */
  since: z.date(),
  measuredAt: z.date(),
  problems: z.array(z.object({ code: z.string(), sentence: z.string() })).default([]),
  /** Figures for people and programs: numbers of sessions, of jobs, percentages. */
  figures: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])).default({}),
  /** `fleet` only: where an outage lies at the moment, as all runners together show it. */
  outage: z
    .object({
      verdict: z.enum(OUTAGE_VERDICTS).catch('none'),
      since: z.date(),
      /** Runners that it concerns. Empty: all. */
      runners: z.array(z.string()).default([]),
    })
    .nullable()
    .default(null),
})

export type HealthDocument = z.infer<typeof healthDocumentSchema>
