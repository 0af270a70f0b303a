import { createHash } from 'node:crypto'
import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'
import { sessionPath } from '../session/session-document.ts'

/**
 * PERSISTED CONTRACT v1: `whatsapp_connection_states/{sessionId}/journal/{seq, 20 digits}`, one record of a session's log.
 *
 * Records are created once and numbered without gaps. Each names the hash of the one before it. The hash covers the stored
 * fields and needs no key, so that a claim can be appended by a runner that has not unwrapped the session's data key yet.
 */
const RECORD_KINDS = ['data', 'claim', 'connect', 'checkpoint', 'release', 'restore'] as const

export type RecordKind = (typeof RECORD_KINDS)[number]

export const journalRecordSchema = z.object({
  v: z.literal(1),
  kind: z.enum(RECORD_KINDS),
  seq: z.number().int().positive(),
  epoch: z.number().int().positive(),
  runnerId: z.string(),
  /** Random; the same for all parts of a group. By it an owner tells its own record from another's. */
  nonce: z.string(),
  /** Empty before the first record. */
  prevHash: z.string(),
  /** 0 when `bytes` is empty. */
  keyVersion: z.number().int().nonnegative(),
  /** The sealed group; empty for records that carry nothing. */
  bytes: bytesSchema,
  /** A group too large for one document is several consecutive ones, applied when complete. */
  part: z.number().int().positive(),
  parts: z.number().int().positive(),
})

export type JournalRecord = z.infer<typeof journalRecordSchema>

export const journalPath = (sessionId: string): string => `${sessionPath(sessionId)}/journal`

export function hashOfRecord(record: JournalRecord): string {
  const { v, kind, seq, epoch, runnerId, nonce, prevHash, keyVersion, bytes, part, parts } = record
  const head = JSON.stringify([v, kind, seq, epoch, runnerId, nonce, prevHash, keyVersion, part, parts])
  return createHash('sha256').update(head).update(bytes).digest('base64url')
}
