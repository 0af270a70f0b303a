import { JOBS } from '@holdfast/core/message/job-document'
import type { Query } from '@holdfast/core/platform/ports'

export type Where = NonNullable<Query['where']>

/** A query that the code makes. Values name nobody, so that nothing is found and nothing is paid but the query. */
export interface MadeQuery {
  /** The file that makes it. */
  readonly by: string
  readonly query: Query
  readonly counts?: true
}

export const NOBODY = 'verify.nobody'
export const NOW = new Date(0)
export const LATER = new Date('2100-01-01')

/** A name as documents of this version have it, and as earlier ones do. */
export const NAMES = [NOBODY, `#${NOBODY}`] as const

/** The same for a person with a number and a LID. */
export const NAMES_OF_BOTH = [...NAMES, 'nobody@lid', '#nobody@lid'] as const

export const session = ['sessionId', '==', NOBODY] as const
export const sessions = ['sessionId', 'in', [NOBODY, `${NOBODY}.2`]] as const
export const tenant = ['tenant', '==', NOBODY] as const
export const pending = ['status', '==', 'pending'] as const
export const isLater = ['queuedAt', '==', null] as const
export const inQueue = ['queuedAt', '>', LATER] as const
export const pools = ['pool', 'in', [NOBODY, `${NOBODY}.2`]] as const

export const jobs = (by: string, where: Where, more: Partial<Query> = {}): MadeQuery => ({
  by,
  query: { collection: JOBS, where, limit: 1, ...more },
})

export const counted = (by: string, collection: string, where: Where, orderBy?: Query['orderBy']): MadeQuery => ({
  by,
  query: { collection, where, ...(orderBy ? { orderBy } : {}) },
  counts: true,
})

export const others = (by: string, collection: string, where: Where = [], more: Partial<Query> = {}): MadeQuery => ({
  by,
  query: { collection, where, limit: 1, ...more },
})
