import { z } from 'zod'
import { HoldfastError } from '../platform/errors.ts'
import { checkpointFolder } from './ids.ts'
import { type CheckpointPointer, sessionPath } from './session-document.ts'

/**
 * PERSISTED CONTRACT v1: `whatsapp_connection_states/{sessionId}/backups/{id}`, a checkpoint that somebody asked for. Its owner writes
 * it with the record that points to the checkpoint. The API and the nightly check add what a later reading back showed, and what is
 * asked of it. New versions only add optional fields.
 */
export const backupsPath = (sessionId: string): string => `${sessionPath(sessionId)}/backups`

export const backupPath = (sessionId: string, id: string): string => `${backupsPath(sessionId)}/${id}`

/** The id of a backup: the name of its object, without folder and extension. */
export const BACKUP_ID = /^\d{20}-\d{10}$/

/** The id of the backup that an object is. Null for an object that is no checkpoint. */
export function backupIdOf(object: string): string | null {
  const id = /\/(\d{20}-\d{10})\.ckpt$/.exec(object)?.[1]
  return id ?? null
}

/** The object of a backup. The backup need not exist. */
export function objectOfBackup(sessionId: string, id: string): string {
  if (!BACKUP_ID.test(id)) throw new HoldfastError('bad-document', `${id} is no id of a backup.`)
  return `${checkpointFolder(sessionId)}${id}.ckpt`
}

export const verificationSchema = z.object({
  state: z.enum(['good', 'failed']),
  at: z.date(),
  /** Why it failed, as a code; null when it is good. */
  code: z.string().nullable().default(null),
})

export type BackupVerification = z.infer<typeof verificationSchema>

export const backupDocumentSchema = z.object({
  v: z.literal(1),
  tenant: z.string(),
  sessionId: z.string(),
  object: z.string(),
  generation: z.string(),
  /** Of the whole object, hex. */
  sha256: z.string(),
  /** Size of the object. */
  bytes: z.number().int().nonnegative(),
  /** The last record that the backup contains, and the epoch it was cut at. */
  seq: z.number().int().positive(),
  epoch: z.number().int().positive(),
  at: z.date(),
  /** What it was made for, as a code: `requested`, `logged-out`, … */
  why: z.string(),
  note: z.string().nullable().default(null),
  /** Retention never removes a pinned one. */
  isPinned: z.boolean().default(false),
  /** The number of values of each kind. */
  contents: z.record(z.string(), z.number().int().nonnegative()).default({}),
  /** The last time that somebody read it back. Its owner did when it was made. */
  verification: verificationSchema.nullable().default(null).catch(null),
  /** Somebody asked for its removal, which the daily clean-up does. */
  removal: z.object({ askedAt: z.date(), by: z.string() }).nullable().default(null),
})

export type BackupDocument = z.infer<typeof backupDocumentSchema>

/** What a backup is made for, and how it is kept. */
export interface BackupWish {
  /** A code. */
  readonly why: string
  readonly note?: string | null
  readonly isPinned?: boolean
}

/** A checkpoint that was written and read back, as its backup's document describes it. */
export interface MadeBackup extends BackupWish {
  readonly checkpoint: CheckpointPointer
  /** Size of the object. */
  readonly bytes: number
  readonly at: Date
  readonly contents: Readonly<Record<string, number>>
}
