import { z } from 'zod'

/**
 * PERSISTED CONTRACT v1: `pools/{tenant}.{name}`, sessions that stand in for each other. New versions only add optional fields.
 */
export const POOLS = 'pools'

export const poolPath = (tenant: string, name: string): string => `${POOLS}/${tenant}.${name}`

/** The form of a pool's name is that of a session's. */
export const POOL_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,53}$/

/** The pool of all sessions of a tenant, by name. It has no document. */
export const DEFAULT_POOL = 'default'

export const poolDocumentSchema = z.object({
  v: z.literal(1),
  tenant: z.string(),
  name: z.string(),
  /** Names of sessions. The first one that can sends. */
  sessions: z.array(z.string()),
  changedAt: z.date(),
})

export type PoolDocument = z.infer<typeof poolDocumentSchema>
