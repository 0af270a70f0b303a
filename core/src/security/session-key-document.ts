import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'

/**
 * PERSISTED CONTRACT v1: `session_keys/{sessionId}`, the wrapped data key of a session. Created once, with the session.
 * Missing while a journal exists means damage, never a reason to make a new key. A purge destroys the data keys, and says so: that is
 * not damage. A session that is created under the name afterwards has the next version.
 */
export const SESSION_KEYS = 'session_keys'

export const sessionKeyPath = (sessionId: string): string => `${SESSION_KEYS}/${sessionId}`

export const sessionKeyDocumentSchema = z.object({
  v: z.literal(1),
  /** The version that new records are sealed with. Older ones stay until nothing is sealed with them. */
  current: z.number().int().positive(),
  keys: z.record(
    z.string().regex(/^\d+$/),
    z.object({
      wrapped: bytesSchema,
      /** Which key wrapped it: the first 8 hex digits of that key's SHA-256. */
      wrappedBy: z.string(),
    }),
  ),
  /** The last purge. Absent on sessions that were never purged. */
  destroyed: z
    .object({
      /** Data keys up to this version are gone for good. */
      upTo: z.number().int().positive(),
      at: z.date(),
      /** The last record of the purged session, which is the purge's own. The log goes on after it, and nothing before it is read. */
      tombstone: z.object({ seq: z.number().int().positive(), epoch: z.number().int().positive(), hash: z.string() }),
    })
    .optional(),
})

export type SessionKeyDocument = z.infer<typeof sessionKeyDocumentSchema>

/** Whether a purge destroyed the data keys, and no session was created under the name since. */
export const areKeysDestroyed = ({ current, destroyed }: SessionKeyDocument): boolean =>
  destroyed !== undefined && current <= destroyed.upTo
