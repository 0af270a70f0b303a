import { z } from 'zod'
import { SESSION_STATES } from '../session/session-states.ts'
import { recordCountsSchema } from '../session/record-counts.ts'
import { networkReportSchema } from './network-report.ts'
import { storeReportSchema } from './store-report.ts'

/** PERSISTED CONTRACT v1: `runners/{runnerId}`, a runner's heartbeat. Alive as long as Firestore's update time of it is fresh. */
export const RUNNERS = 'runners'

export const runnerPath = (runnerId: string): string => `${RUNNERS}/${runnerId}`

/** The resources that the runner's process used at its last look, in percent of its container's limits, not of one CPU. */
const resourcesSchema = z.object({
  memory: z.object({
    rssBytes: z.number(),
    /** Null where no limit is known; `percentage` is null then, too. */
    limitBytes: z.number().nullable(),
    percentage: z.number().nullable(),
  }),
  /** Over the last interval, null before the first one is over. */
  cpu: z.object({ cpus: z.number(), percentage: z.number().nullable() }),
  /** Delay of timers in that interval, in milliseconds. */
  eventLoop: z.object({ p99Ms: z.number().nullable(), maxMs: z.number().nullable() }),
})

export type RunnerResources = z.infer<typeof resourcesSchema>

/** Billed operations since the process began. */
const operationsSchema = z.object({
  documentReads: z.number(),
  documentWrites: z.number(),
  documentDeletes: z.number(),
  objectCreates: z.number(),
  objectReads: z.number(),
  objectLists: z.number(),
  objectBytesWritten: z.number(),
  objectBytesRead: z.number(),
  taskCreates: z.number().default(0),
})

export const runnerDocumentSchema = z.object({
  v: z.literal(1),
  state: z.enum(['active', 'draining']),
  /** Why a runner drains or left without being told to. Unknown words of a later version are ignored. */
  leavesBecause: z.literal('memory-limit').optional().catch(undefined),
  /** The container of the process. A container runs one process at a time, so an older process of it is dead. */
  instanceId: z.string().nullable(),
  /** The numbered place in the fleet that it holds. Null or absent where `instanceId` counts, and on runners of an earlier version. */
  slot: z.number().int().positive().nullable().optional().catch(undefined),
  startedAt: z.date(),
  /** Absent on runners of an earlier version. */
  version: z.string().optional().catch(undefined),
  /** The revision of Cloud Run, empty elsewhere. */
  revision: z.string().optional().catch(undefined),
  /** When it began to take sessions; null while it waits because its predecessors died young. */
  workingSince: z.date().nullable().optional(),
  /** How many processes of this container or slot in a row had died young when it started. */
  shortLives: z.number().int().nonnegative().optional(),
  heartbeatAt: z.date(),
  capacity: z.number().int().nonnegative(),
  /** The interval of heartbeats, and the silence after which the runner counts as dead (0 once it has left), in milliseconds. */
  heartbeatIntervalMs: z.number(),
  deadAfterMs: z.number(),
  memoryBytes: z.number(),
  /** Absent on runners of an earlier version. A report that does not parse must not hide the sessions below. */
  store: storeReportSchema.optional().catch(undefined),
  /** Absent on runners of an earlier version. Figures that do not parse must not hide the sessions below. */
  resources: resourcesSchema.optional().catch(undefined),
  operations: operationsSchema.optional().catch(undefined),
  /** What the runner can reach. Absent on runners of an earlier version. */
  network: networkReportSchema.optional().catch(undefined),
  /** Whether it can make voice messages of other sounds. Absent until it knows, and on runners of an earlier version. */
  convertsVoice: z.boolean().optional().catch(undefined),
  /** Whether it knows how to send files to channels. Absent on runners of an earlier version. */
  postsFiles: z.boolean().optional().catch(undefined),
  /** Totals since the process began, by name. They become the counters of `GET /metrics`. */
  totals: z.record(z.string(), z.number()).optional().catch(undefined),
  /** Numbers of the sessions below by their state, for readers who leave these out. Absent on runners of an earlier version. */
  states: z.partialRecord(z.enum(SESSION_STATES), z.number().int()).optional().catch(undefined),
  sessions: z.record(
    z.string(),
    z.object({
      state: z.enum(SESSION_STATES),
      epoch: z.number(),
      lastProofOfLifeAt: z.date().nullable(),
      lastInboundAt: z.date().nullable().default(null),
      /** Totals of the session, as its owner knows them now. */
      counters: z.object({ sent: z.number(), received: z.number() }).optional(),
      /** Since when the session has no connection. Null while it has one. */
      downSince: z.date().nullable().optional(),
      /** Since when its connection has been open without letting anything through. Null: it is not deaf. */
      deafSince: z.date().nullable().optional(),
      /** Since when a message waits for an archive that a later version wrote. Absent: none does. */
      archiveWaitSince: z.date().optional().catch(undefined),
      /** When the phone was last known to be online. Null: not known. */
      phoneSeenAt: z.date().nullable().optional(),
      /** How many Signal records it has. Absent while its state is not in memory, and on runners of an earlier version. */
      records: recordCountsSchema.optional().catch(undefined),
    }),
  ),
})

export type RunnerDocument = z.infer<typeof runnerDocumentSchema>
