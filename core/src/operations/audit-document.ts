import { z } from 'zod'

/**
 * PERSISTED CONTRACT v1: `audit/{entryId}`, one act of an operator or an admin. Entries are created and never changed. They contain no
 * text of a message, no secret and no phone number. New versions only add optional fields.
 */
export const AUDIT = 'audit'

export const auditPath = (entryId: string): string => `${AUDIT}/${entryId}`

/** Ids sort by time. The random part keeps acts of one millisecond apart. */
export const auditIdOf = (atMs: number, random: Buffer): string =>
  `${String(atMs).padStart(15, '0')}-${random.toString('hex').slice(0, 12)}`

/** The form of a cursor of the list: an id, or a time. */
export const AUDIT_CURSOR = /^\d{15}-([0-9a-f]{12})?$/

/** Sorts before every entry from this time on, and after every earlier one. */
export const auditIdBefore = (atMs: number): string => `${String(atMs).padStart(15, '0')}-`

export const auditDocumentSchema = z.object({
  v: z.literal(1),
  at: z.date(),
  /** The tenant on which it was done. */
  tenant: z.string(),
  /** Who: the id of the API key, or `operator` for the one of the environment. */
  key: z.string(),
  role: z.string(),
  /** What: the name of the operation in the API's description. */
  operation: z.string(),
  /** On what: the names and ids that the request named. */
  on: z.record(z.string(), z.string()).default({}),
  /** The status of the answer, and the code of the problem if it was one. */
  status: z.number().int(),
  problem: z.string().nullable().default(null),
  /** As in the log. */
  requestId: z.string().default(''),
})

export type AuditDocument = z.infer<typeof auditDocumentSchema>
