import { z } from 'zod'
import { SESSION_STATES } from '../session-states.ts'
import { storeReportSchema } from '../stores/store-report.ts'

/** PERSISTED CONTRACT v1: `runners/{runnerId}`, a runner's heartbeat. Alive as long as Firestore's update time of it is fresh. */
export const RUNNERS = 'runners'

export const runnerPath = (runnerId: string): string => `${RUNNERS}/${runnerId}`

export const runnerDocumentSchema = z.object({
  v: z.literal(1),
  state: z.enum(['active', 'draining']),
  /** The container that the process runs in: a container runs one process at a time, so an older one of the same container is dead. */
  instanceId: z.string().nullable(),
  startedAt: z.date(),
  heartbeatAt: z.date(),
  capacity: z.number().int().nonnegative(),
  /** Heartbeats are this far apart, and the runner counts as dead after this silence. Both in milliseconds. */
  heartbeatIntervalMs: z.number(),
  deadAfterMs: z.number(),
  memoryBytes: z.number(),
  /** Not of a runner of an earlier version. What does not parse must not hide what the runner vouches for. */
  store: storeReportSchema.optional().catch(undefined),
  sessions: z.record(
    z.string(),
    z.object({
      state: z.enum(SESSION_STATES),
      epoch: z.number(),
      lastProofOfLifeAt: z.date().nullable(),
      lastInboundAt: z.date().nullable().default(null),
      /** Of the session in all, as its owner knows them now. */
      counters: z.object({ sent: z.number(), received: z.number() }).optional(),
    }),
  ),
})

export type RunnerDocument = z.infer<typeof runnerDocumentSchema>
