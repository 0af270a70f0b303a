import { z } from 'zod'
import { SESSION_STATES } from '../session/session-states.ts'
import { storeReportSchema } from './store-report.ts'

/** PERSISTED CONTRACT v1: `runners/{runnerId}`, a runner's heartbeat. Alive as long as Firestore's update time of it is fresh. */
export const RUNNERS = 'runners'

export const runnerPath = (runnerId: string): string => `${RUNNERS}/${runnerId}`

/** What the runner's process used when it last looked. Percentages are of what its container may use, not of one CPU. */
const resourcesSchema = z.object({
  memory: z.object({
    rssBytes: z.number(),
    /** Null where no limit is known; then there is no percentage either. */
    limitBytes: z.number().nullable(),
    percentage: z.number().nullable(),
  }),
  /** Over the last interval, null before the first one is over. */
  cpu: z.object({ cpus: z.number(), percentage: z.number().nullable() }),
  /** How late timers fired in that interval, in milliseconds. */
  eventLoop: z.object({ p99Ms: z.number().nullable(), maxMs: z.number().nullable() }),
})

export type RunnerResources = z.infer<typeof resourcesSchema>

/** What Google bills, since the process began. */
const operationsSchema = z.object({
  documentReads: z.number(),
  documentWrites: z.number(),
  documentDeletes: z.number(),
  objectCreates: z.number(),
  objectReads: z.number(),
  objectLists: z.number(),
  objectBytesWritten: z.number(),
  objectBytesRead: z.number(),
})

export const runnerDocumentSchema = z.object({
  v: z.literal(1),
  state: z.enum(['active', 'draining']),
  /** Of one that is draining, or has left and is remembered for it, not because it was told to. Words of a later version say nothing. */
  leavesBecause: z.literal('memory-limit').optional().catch(undefined),
  /** The container that the process runs in: a container runs one process at a time, so an older one of the same container is dead. */
  instanceId: z.string().nullable(),
  startedAt: z.date(),
  /** When it began to take up sessions; null while it waits because those before it died young. */
  workingSince: z.date().nullable().optional(),
  /** How many processes of this container in a row had died young when it started. */
  shortLives: z.number().int().nonnegative().optional(),
  heartbeatAt: z.date(),
  capacity: z.number().int().nonnegative(),
  /** Heartbeats are this far apart, and the runner counts as dead after this silence: none once it has left. Both in milliseconds. */
  heartbeatIntervalMs: z.number(),
  deadAfterMs: z.number(),
  memoryBytes: z.number(),
  /** Not of a runner of an earlier version. What does not parse must not hide what the runner vouches for. */
  store: storeReportSchema.optional().catch(undefined),
  /** Not of a runner of an earlier version. Figures that do not parse must not hide what the runner vouches for. */
  resources: resourcesSchema.optional().catch(undefined),
  operations: operationsSchema.optional().catch(undefined),
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
