import { z } from 'zod'

/**
 * PERSISTED CONTRACT v1: `erasures/{id}`, objects of the bucket that somebody asked to erase and whose remover may not remove objects. It is
 * written in the commit that removes what pointed to them. It names nobody: the names of objects are hashes. New versions only add
 * optional fields.
 */
export const ERASURES = 'erasures'

export const erasurePath = (id: string): string => `${ERASURES}/${id}`

export const erasureSchema = z.object({
  v: z.literal(1),
  tenant: z.string(),
  sessionId: z.string(),
  /** open: objects are still to be removed */
  state: z.enum(['open', 'done']),
  requestedAt: z.date(),
  /** The names of the objects that are still to be removed. */
  objects: z.array(z.string()),
  /** Set once it is done. */
  doneAt: z.date().nullable().default(null),
  /** How many objects were removed. */
  removed: z.number().int().nonnegative().default(0),
})

export type ErasureDocument = z.infer<typeof erasureSchema>
