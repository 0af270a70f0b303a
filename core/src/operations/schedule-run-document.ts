import { z } from 'zod'

/**
 * PERSISTED CONTRACT v1: `schedule_runs/{name}`, how far a schedule of the API servers is (`TASK_QUEUE=embedded`). One server at a time runs it.
 * New versions only add optional fields.
 */
const SCHEDULE_RUNS = 'schedule_runs'

export const scheduleRunPath = (name: string): string => `${SCHEDULE_RUNS}/${name}`

export const scheduleRunDocumentSchema = z.object({
  v: z.literal(1),
  /** The schedule is due at its first time after this one, by the clock of the servers. */
  since: z.date(),
  /**
   * The server that runs it now, or null. The server changes the document again and again while it runs, and counts as dead when it was
   * silent for too long by Firestore's own times.
   */
  runBy: z.string().nullable(),
  /** Runs that were begun for this time. More than one: a server died over it. */
  tries: z.int().nonnegative(),
  /** By Firestore's clock. */
  renewedAt: z.date().optional(),
  lastOutcome: z.enum(['done', 'failed', 'given-up']).optional(),
})

export type ScheduleRunDocument = z.infer<typeof scheduleRunDocumentSchema>
