import type { CountQuery, DocumentCounter, DocumentStore } from '../platform/ports.ts'
import { JOBS, type JobStatus } from './job-document.ts'

/** Counts the queue, or a part of it, without reading its jobs. */

/** The numbers of jobs. Each job counts once. Archived jobs do not count. */
export interface QueueFigures {
  /** To be sent as soon as their session can. */
  readonly waiting: number
  /** For later (`sendAt`). */
  readonly scheduled: number
  /** Held back by the pace of their session. */
  readonly held: number
  /** For another attempt, at a time. */
  readonly retrying: number
  /** On the wire, or maybe. */
  readonly active: number
  /** WhatsApp has them: `sent`, `delivered` and `read`. */
  readonly sent: number
  readonly failed: number
  readonly canceled: number
}

/** The jobs to count: those of a tenant, or of some sessions. All jobs when it is empty. */
export type QueueScope = readonly (
  | readonly [field: 'tenant' | 'sessionId', operator: '==', value: string]
  | readonly [field: 'sessionId', operator: 'in', values: readonly string[]]
)[]

type Where = NonNullable<CountQuery['where']>

interface Condition {
  readonly where: Where
  readonly orderBy?: NonNullable<CountQuery['orderBy']>
}

const BEGINNING = new Date(0)

const IS_PENDING = ['status', '==', 'pending'] as const

/** A job that was archived has no `createdAt` any more. */
const kept = (...statuses: readonly JobStatus[]): Condition => ({
  where: [
    ['status', 'in', statuses],
    ['createdAt', '>', BEGINNING],
  ],
  orderBy: ['createdAt', 'desc'],
})

type Counts = Readonly<Record<'pending' | Exclude<keyof QueueFigures, 'waiting'>, number>>

const conditionsAt = (now: Date): Readonly<Record<keyof Counts, Condition>> => ({
  pending: { where: [IS_PENDING] },
  scheduled: { where: [IS_PENDING, ['queuedAt', '==', null]] },
  held: { where: [IS_PENDING, ['hold.until', '>', now]] },
  retrying: { where: [IS_PENDING, ['nextAttemptAt', '>', now]] },
  active: { where: [['status', '==', 'processing']] },
  sent: kept('sent', 'delivered', 'read'),
  failed: kept('failed'),
  canceled: kept('canceled'),
})

/**
 * Counts the jobs of a scope.
 *
 * @param whole figures of more jobs than these: what is zero there is not counted
 */
export async function countQueue(
  counter: DocumentCounter,
  scope: QueueScope,
  now: Date,
  whole?: QueueFigures,
): Promise<QueueFigures> {
  const conditions = Object.entries(conditionsAt(now)) as [keyof Counts, Condition][]
  const counted = await Promise.all(
    conditions.map(async ([name, { where, ...order }]) => {
      const isNone = whole !== undefined && mostOf(whole)[name] === 0
      const number = isNone ? 0 : await counter.count({ collection: JOBS, where: [...scope, ...where], ...order })
      return [name, number] as const
    }),
  )
  return figuresOf(Object.fromEntries(counted) as Counts)
}

/**
 * Counts what shows how the queue of the whole installation does: pending jobs that are in it, jobs on the wire, failed jobs. It
 * counts no history, so that anybody may ask often.
 */
export async function countDepth(counter: DocumentCounter): Promise<{ waiting: number; active: number; failed: number }> {
  const inQueue: Condition = { where: [IS_PENDING, ['queuedAt', '>', BEGINNING]], orderBy: ['queuedAt', 'desc'] }
  const { active, failed } = conditionsAt(BEGINNING)
  const counted = [inQueue, active, failed].map((condition) => counter.count({ collection: JOBS, ...condition }))
  const [waiting = 0, processing = 0, dead = 0] = await Promise.all(counted)
  return { waiting, active: processing, failed: dead }
}

const mostOf = ({ waiting, ...figures }: QueueFigures): Counts => ({
  ...figures,
  pending: waiting + figures.scheduled + figures.held + figures.retrying,
})

/** The counts are not of one moment, so that the rest could be less than none. */
function figuresOf({ pending, ...figures }: Counts): QueueFigures {
  return { waiting: Math.max(0, pending - figures.scheduled - figures.held - figures.retrying), ...figures }
}

export const addFigures = (one: QueueFigures, other: QueueFigures): QueueFigures => ({
  waiting: one.waiting + other.waiting,
  scheduled: one.scheduled + other.scheduled,
  held: one.held + other.held,
  retrying: one.retrying + other.retrying,
  active: one.active + other.active,
  sent: one.sent + other.sent,
  failed: one.failed + other.failed,
  canceled: one.canceled + other.canceled,
})

export const NO_JOBS: QueueFigures = {
  waiting: 0,
  scheduled: 0,
  held: 0,
  retrying: 0,
  active: 0,
  sent: 0,
  failed: 0,
  canceled: 0,
}

/** Returns since when the oldest pending job is in the queue. Null when none is in it. */
export async function oldestQueuedAt(documents: Pick<DocumentStore, 'query'>, scope: QueueScope): Promise<Date | null> {
  const [oldest] = await documents.query({
    collection: JOBS,
    where: [...scope, IS_PENDING, ['queuedAt', '>', BEGINNING]],
    orderBy: ['queuedAt', 'asc'],
    limit: 1,
    select: ['queuedAt'],
  })
  const queuedAt = oldest?.fields['queuedAt']
  return queuedAt instanceof Date ? queuedAt : null
}
