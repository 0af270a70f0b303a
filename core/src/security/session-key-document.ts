import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'

/**
 * PERSISTED CONTRACT v1: `session_keys/{sessionId}`, the wrapped data key of a session. Created once, with the session.
 * Missing while a journal exists means damage, never a reason to make a new key.
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
})

export type SessionKeyDocument = z.infer<typeof sessionKeyDocumentSchema>
