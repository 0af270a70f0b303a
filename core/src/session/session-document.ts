import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'
import { recordCountsSchema } from './record-counts.ts'
import { pacingFiguresSchema } from './pacing-figures.ts'
import { API_STATUSES, REASONS, SESSION_STATES, type ReasonCode } from './session-states.ts'
import { DISCONNECT_CLASSES } from './disconnect-policy.ts'
import { LOSS_CAUSES, RECOVERY_STEPS } from './recovery-ladder.ts'

/**
 * PERSISTED CONTRACT v1: `whatsapp_connection_states/{sessionId}`.
 * Functions write `wanted`, `config` and the creation fields; the owner writes the rest, as merges that ride on its journal records.
 * New versions only add optional fields.
 */
export const SESSIONS = 'whatsapp_connection_states'

export const sessionPath = (sessionId: string): string => `${SESSIONS}/${sessionId}`

/** The place that binds the sealed QR code. */
export const pairingPlace = (sessionId: string): string => `${sessionPath(sessionId)}/pairing`

export const checkpointPointerSchema = z.object({
  object: z.string(),
  generation: z.string(),
  /** Of the whole object, hex. */
  sha256: z.string(),
  /** The last record that the checkpoint contains. */
  seq: z.number().int().nonnegative(),
  epoch: z.number().int().positive(),
})

export type CheckpointPointer = z.infer<typeof checkpointPointerSchema>

/** A checkpoint and records that a restore, a log-out or a repair put aside. The program never deletes them. */
export const putAsideSchema = z.object({
  /** Why, as a code: `logged-out`, `journal-gap`, … */
  reason: z.string(),
  at: z.date(),
  /** The checkpoint that was put aside, and the records (after, upTo] that are not part of the state any more. */
  checkpoint: checkpointPointerSchema.nullable().default(null),
  records: z.object({ after: z.number(), upTo: z.number() }).nullable().default(null),
})

export type PutAside = z.infer<typeof putAsideSchema>

/** A count of owners that died over the session; the runner's `crash-record.ts` explains it. */
export const crashRecordSchema = z.object({
  /** Ownerships in a row that ended without a release before the connection had lasted. */
  shortLives: z.number().int().nonnegative(),
  /** Trials in a row that its owner did not survive. */
  failedTrials: z.number().int().nonnegative(),
  /** The owner has the session on trial: it is the only suspect open in that runner. */
  onTrial: z.boolean(),
  /** Convictions in a row, and when the session is tried again by itself. Absent on sessions without a conviction. */
  convictions: z.number().int().nonnegative().optional(),
  nextTrialAt: z.date().optional(),
})

export type CrashRecord = z.infer<typeof crashRecordSchema>

/** The end of the last connection that this session lost. */
const lastDisconnectSchema = z.object({
  /** The client library's code; null when it gave none. */
  code: z.number().nullable(),
  class: z.enum(DISCONNECT_CLASSES).catch('whatsapp'),
  /** A reason code, of this version or a later one. */
  reason: z.string(),
  at: z.date(),
})

export type LastDisconnect = z.infer<typeof lastDisconnectSchema>

const stepTakenSchema = z.object({ step: z.enum(RECOVERY_STEPS), at: z.date() })

/** What an owner leaves to the next one about recoveries. */
export const recoveryMemorySchema = z.object({
  /** The recovery that goes on. Null: the session is not lost. */
  open: z
    .object({
      /** The id of its `recover` action, which need not exist yet. */
      id: z.string(),
      cause: z.enum(LOSS_CAUSES),
      /** The time of the loss. */
      since: z.date(),
      steps: z.array(stepTakenSchema).default([]),
    })
    .nullable()
    .default(null),
  /** The steps that recoveries of the last day took. They count towards the budgets. */
  taken: z.array(stepTakenSchema).default([]),
})

export type RecoveryMemory = z.infer<typeof recoveryMemorySchema>

/**
 * The way of a session into this installation or out of it.
 *
 * arriving  its keys are being stored, so that no runner may open it yet
 * arrived   it was moved in
 * exported  its keys were handed out, so that no runner may open it before an operator has said that nobody else uses them
 */
export const movedSchema = z.object({ phase: z.enum(['arriving', 'arrived', 'exported']), at: z.date() })

export type Moved = z.infer<typeof movedSchema>

/** Whether another program may have the session's keys, so that no runner may open it. */
export const isHandedOut = ({ moved }: { readonly moved: Moved | null }): boolean => moved !== null && moved.phase !== 'arrived'

/**
 * What became of the device of a session that is purged.
 *
 * not-linked     it had none
 * asked          its owner is to unlink it
 * unlinked       WhatsApp confirmed it
 * not-reachable  it could not be unlinked from here: the phone can always do it
 */
export const DEVICE_FATES = ['not-linked', 'asked', 'unlinked', 'not-reachable'] as const

export type DeviceFate = (typeof DEVICE_FATES)[number]

/**
 * The purge of a session, which removes all of it but the numbers of its log.
 *
 * waiting   it is hidden and stopped, and can be taken back
 * removing  its data keys are destroyed, and what it stored is being removed
 * done      nothing is left but this document, its key document without keys, and the records that fence old owners
 */
export const purgeSchema = z.object({
  phase: z.enum(['waiting', 'removing', 'done']),
  requestedAt: z.date(),
  requestedBy: z.string(),
  /** When the next step is due. Null once it is done. */
  dueAt: z.date().nullable(),
  /** The actions that back it up and unlink its device. Null: it had no device. */
  actions: z.object({ backup: z.string(), logout: z.string() }).nullable(),
  /** When the destruction of its keys began: nobody takes it back any more. Absent before, and on purges of earlier versions. */
  begunAt: z.date().nullable().optional(),
  /** When its keys were destroyed, and what had become of its device by then. */
  destroyedAt: z.date().nullable(),
  device: z.enum(DEVICE_FATES).nullable(),
  doneAt: z.date().nullable(),
})

export type Purge = z.infer<typeof purgeSchema>

/** Whether the keys of a session are destroyed, so that no runner may open it before a session is created under its name. */
export const isPurged = ({ purge }: { readonly purge: Purge | null }): boolean => purge !== null && purge.phase !== 'waiting'

const reasonCodes = Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]]

export const sessionDocumentSchema = z.object({
  v: z.literal(1),
  tenant: z.string(),
  name: z.string(),
  wanted: z.enum(['online', 'offline']),
  config: z.record(z.string(), z.unknown()).default({}),
  /** The secrets of the webhooks in `config`, sealed: see `webhook-secrets.ts`. */
  webhookSecrets: bytesSchema.nullable().optional(),
  /** The password of the proxy in `config`, sealed. */
  proxyPassword: bytesSchema.nullable().optional(),
  createdAt: z.date(),
  /** True: hidden from its callers, until a session is created under its name again. */
  isRemoved: z.boolean().optional(),
  /** Absent on sessions that nobody wants to purge. */
  purge: purgeSchema.nullable().default(null),

  state: z.enum(SESSION_STATES).default('NEW'),
  reason: z.enum(reasonCodes).catch('created'),
  sentence: z.string().default(''),
  userAction: z.string().nullable().default(null),
  since: z.date().optional(),
  /** The last three statuses that the API showed, each since when, the last one at the end. Webhooks tell of them. */
  statuses: z
    .array(z.object({ status: z.enum(API_STATUSES), at: z.date() }))
    .default([])
    .catch([]),
  /** Null: unowned or released. */
  runnerId: z.string().nullable().default(null),
  epoch: z.number().int().nonnegative().default(0),
  /**
   * Of a released session: the runner that is to take it, or null for any but `from`, which let it go. Others leave it to that one for
   * some seconds. Null once it has an owner.
   */
  movesTo: z.object({ from: z.string(), to: z.string().nullable() }).nullable().default(null).catch(null),
  /** Absent on sessions that were linked here and never exported. */
  moved: movedSchema.nullable().default(null),
  /** A hint: the journal reaches at least this far. */
  journalHead: z.number().int().nonnegative().default(0),
  /** The place of the journal at the last claim, for people. */
  journalPlace: z.string().nullable().default(null),
  checkpoint: checkpointPointerSchema.nullable().default(null),
  previousCheckpoint: checkpointPointerSchema.nullable().default(null),
  /** Records up to here were trimmed, but for claims and the record before each. */
  trimmedTo: z.number().int().nonnegative().default(0),
  putAside: z.array(putAsideSchema).default([]),
  /** The action that restored the state last, so that it is done once. */
  restoredBy: z.string().nullable().default(null).catch(null),
  crashes: crashRecordSchema.default({ shortLives: 0, failedTrials: 0, onTrial: false }),
  /** Since when the session has no connection, by its owner's clock. Null while it has one, or when no owner said it. */
  downSince: z.date().nullable().default(null),
  lastProofOfLifeAt: z.date().nullable().default(null),
  lastInboundAt: z.date().nullable().default(null),
  /** How many Signal records it had when its owner last wrote this document. Null: not known. */
  records: recordCountsSchema.nullable().default(null).catch(null),
  /** Written every 30 s with `HEARTBEAT_MODE=session` only. */
  heartbeatAt: z.date().nullable().default(null),
  /** When the phone was last known to be online, exact to some hours. Null: not known. */
  phoneSeenAt: z.date().nullable().default(null),
  /** The memory of recoveries, which the next owner continues. A memory of an unknown shape is as good as none. */
  recovery: recoveryMemorySchema.nullable().default(null).catch(null),
  me: z
    .object({ id: z.string(), lid: z.string().nullable(), pushName: z.string().nullable().optional() })
    .nullable()
    .default(null),
  /** The QR code to scan now, sealed with the session's data key: it contains the pairing secret. */
  pairing: z.object({ qr: bytesSchema, expiresAt: z.date() }).nullable().default(null),
  counters: z.object({ sent: z.number().default(0), received: z.number().default(0) }).default({ sent: 0, received: 0 }),
  nextAttemptAt: z.date().nullable().default(null),
  /** The end of a ban, as WhatsApp told it. The session does not reconnect by itself even then. */
  bannedUntil: z.date().nullable().default(null),
  lastDisconnect: lastDisconnectSchema.nullable().default(null),
  /** Null until the session has sent a paced message, or WhatsApp has announced a limit. */
  pacing: pacingFiguresSchema.nullable().default(null),
})

export type SessionDocument = z.infer<typeof sessionDocumentSchema>
