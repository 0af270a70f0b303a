import { addFigures, countQueue, NO_JOBS, oldestQueuedAt, type QueueFigures } from '@holdfast/core/message/queue-figures'
import { SESSIONS } from '@holdfast/core/session/session-document'
import { sessionNameOf } from '@holdfast/core/session/ids'
import { knowsSession, type Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { scopesOf } from './job-scopes.ts'

/** Sessions that are counted at the same time. */
const AT_ONCE = 5

export interface QueueStatus extends QueueFigures {
  /** The pending message that is in the queue for longest. */
  readonly oldest: { readonly queuedAt: Date; readonly ageMs: number } | null
  readonly sessions: Readonly<Record<string, QueueFigures>>
}

export type QueueTotals = Omit<QueueStatus, 'sessions'>

type Needed = Pick<Dependencies, 'documents' | 'clock'>

/** Counts the messages that the caller may know of, in all and by session. It reads none of them. */
export async function queueStatus(dependencies: Needed, principal: Principal): Promise<QueueStatus> {
  const totals = await queueTotals(dependencies, principal)
  return { ...totals, sessions: await queueBySession(dependencies, principal, totals) }
}

/** Counts them in all. */
export async function queueTotals({ documents, clock }: Needed, principal: Principal): Promise<QueueTotals> {
  const now = new Date(clock.now())
  const scopes = scopesOf(principal, null)
  const parts = await Promise.all(scopes.map((scope) => countQueue(documents, scope, now)))
  const queuedAt = (await Promise.all(scopes.map((scope) => oldestQueuedAt(documents, scope)))).filter((time) => time !== null)
  const oldest = queuedAt.toSorted((one, other) => one.getTime() - other.getTime())[0] ?? null
  return {
    ...parts.reduce(addFigures, NO_JOBS),
    oldest: oldest && { queuedAt: oldest, ageMs: Math.max(0, now.getTime() - oldest.getTime()) },
  }
}

/**
 * Counts them by session.
 *
 * @param total what is zero there is not counted
 */
export async function queueBySession(
  { documents, clock }: Needed,
  principal: Principal,
  total: QueueFigures,
): Promise<QueueStatus['sessions']> {
  const now = new Date(clock.now())
  const found = await documents.query({ collection: SESSIONS, where: [['tenant', '==', principal.tenant]], select: ['tenant'] })
  const ids = found.map(({ id }) => id).filter((id) => knowsSession(principal, id))
  const sessions: [string, QueueFigures][] = []
  for (let begin = 0; begin < ids.length; begin += AT_ONCE) {
    const some = ids.slice(begin, begin + AT_ONCE)
    const figures = await Promise.all(some.map((id) => countQueue(documents, [['sessionId', '==', id]], now, total)))
    for (const [place, id] of some.entries()) sessions.push([sessionNameOf(id), figures[place] ?? NO_JOBS])
  }
  return Object.fromEntries(sessions)
}
