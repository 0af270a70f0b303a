import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'

/**
 * PERSISTED CONTRACT v1: `session_keys/{sessionId}`, the wrapped data keys of a session. Created once, with the session.
 * Missing while a journal exists means damage, never a reason to make a new key. A data key is added beside the earlier ones and never
 * changed; only its wrapping is. A purge destroys the data keys, and says so: that is not damage. A session that is created under the name
 * afterwards has the next version.
 */
export const SESSION_KEYS = 'session_keys'

export const sessionKeyPath = (sessionId: string): string => `${SESSION_KEYS}/${sessionId}`

export const sessionKeyDocumentSchema = z.object({
  v: z.literal(1),
  /**
   * The version that everything new is sealed with. Older ones stay, because things are sealed with them. A newer one waits: the owner's
   * next checkpoint makes it the current one, in the commit of its record.
   */
  current: z.number().int().positive(),
  keys: z.record(
    z.string().regex(/^\d+$/),
    z.object({
      wrapped: bytesSchema,
      /** Which key wrapped it: the first 8 hex digits of that key's SHA-256. */
      wrappedBy: z.string(),
      /** When it was made. Absent on the first one, which is as old as its session, and on those that a rebuild found in a checkpoint. */
      at: z.date().optional(),
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

/** The highest version that the document has. No later key may have the number of an earlier one. */
export const newestVersion = ({ current, keys }: Pick<SessionKeyDocument, 'current' | 'keys'>): number =>
  Math.max(current, ...Object.keys(keys).map(Number))

/**
 * So long a new data key waits before anything is sealed with it. No function lives longer, so that none which has read the keys before
 * meets something that it cannot open.
 */
export const DATA_KEY_WAITS_MS = 30 * 60_000

/** The version that the next checkpoint makes the current one, or leaves so. */
export function versionOfCheckpoint({ current, keys }: SessionKeyDocument, nowMs: number): number {
  const hasWaited = Object.entries(keys).filter(([, { at }]) => (at?.getTime() ?? 0) + DATA_KEY_WAITS_MS <= nowMs)
  return Math.max(current, ...hasWaited.map(([version]) => Number(version)))
}
