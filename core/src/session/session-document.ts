import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'
import { pacingFiguresSchema } from './pacing-figures.ts'
import { REASONS, SESSION_STATES, type ReasonCode } from './session-states.ts'
import { DISCONNECT_CLASSES } from './disconnect-policy.ts'

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

const reasonCodes = Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]]

export const sessionDocumentSchema = z.object({
  v: z.literal(1),
  tenant: z.string(),
  name: z.string(),
  wanted: z.enum(['online', 'offline']),
  config: z.record(z.string(), z.unknown()).default({}),
  createdAt: z.date(),

  state: z.enum(SESSION_STATES).default('NEW'),
  reason: z.enum(reasonCodes).catch('created'),
  sentence: z.string().default(''),
  userAction: z.string().nullable().default(null),
  since: z.date().optional(),
  /** Null: unowned or released. */
  runnerId: z.string().nullable().default(null),
  epoch: z.number().int().nonnegative().default(0),
  /** A hint: the journal reaches at least this far. */
  journalHead: z.number().int().nonnegative().default(0),
  /** The place of the journal at the last claim, for people. */
  journalPlace: z.string().nullable().default(null),
  checkpoint: checkpointPointerSchema.nullable().default(null),
  previousCheckpoint: checkpointPointerSchema.nullable().default(null),
  /** Records up to here were trimmed, but for claims and the record before each. */
  trimmedTo: z.number().int().nonnegative().default(0),
  putAside: z.array(putAsideSchema).default([]),
  crashes: crashRecordSchema.default({ shortLives: 0, failedTrials: 0, onTrial: false }),
  /** Since when the session has no connection, by its owner's clock. Null while it has one, or when no owner said it. */
  downSince: z.date().nullable().default(null),
  lastProofOfLifeAt: z.date().nullable().default(null),
  lastInboundAt: z.date().nullable().default(null),
  me: z.object({ id: z.string(), lid: z.string().nullable() }).nullable().default(null),
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
