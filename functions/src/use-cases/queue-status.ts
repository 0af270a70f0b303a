import { addFigures, countQueue, NO_JOBS, oldestQueuedAt, type QueueFigures } from '@holdfast/core/message/queue-figures'
import { SESSIONS, sessionPath } from '@holdfast/core/session/session-document'
import { sessionIdOf, sessionNameOf } from '@holdfast/core/session/ids'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { findSession, isOfTenant } from './find-session.ts'
import { scopesOf } from './job-scopes.ts'

/** Sessions that are counted at the same time. */
const AT_ONCE = 5

/** Each session costs up to eight counts: beyond so many sessions, all of them would take half a minute and thousands of reads. */
export const MOST_BY_SESSION = 100

export interface QueueStatus extends QueueFigures {
  /** The pending message that is in the queue for longest. */
  readonly oldest: { readonly queuedAt: Date; readonly ageMs: number } | null
  /** Empty where there are more sessions than are counted one by one. */
  readonly sessions: Readonly<Record<string, QueueFigures>>
}

export type QueueTotals = Omit<QueueStatus, 'sessions'>

type Needed = Pick<Dependencies, 'documents' | 'clock'>

/**
 * Counts the messages that the caller may know of, in all and by session, or those of one session. It reads none of them.
 *
 * @throws Refusal `unknown-session`
 */
export async function queueStatus(dependencies: Needed, principal: Principal, session?: string): Promise<QueueStatus> {
  if (session === undefined) {
    const totals = await queueTotals(dependencies, principal)
    return { ...totals, sessions: await queueBySession(dependencies, principal, totals) }
  }
  const { id } = await findSession(dependencies.documents, principal, session)
  const totals = await queueTotals(dependencies, principal, id)
  const { oldest: _, ...figures } = totals
  return { ...totals, sessions: { [session]: figures } }
}

/** Counts them in all, or those of one session. */
export async function queueTotals(
  { documents, clock }: Needed,
  principal: Principal,
  sessionId: string | null = null,
): Promise<QueueTotals> {
  const now = new Date(clock.now())
  const scopes = scopesOf(principal, sessionId)
  const parts = await Promise.all(scopes.map((scope) => countQueue(documents, scope, now)))
  const queuedAt = (await Promise.all(scopes.map((scope) => oldestQueuedAt(documents, scope)))).filter((time) => time !== null)
  const oldest = queuedAt.toSorted((one, other) => one.getTime() - other.getTime())[0] ?? null
  return {
    ...parts.reduce(addFigures, NO_JOBS),
    oldest: oldest && { queuedAt: oldest, ageMs: Math.max(0, now.getTime() - oldest.getTime()) },
  }
}

/**
 * Counts them by session, unless there are more than `MOST_BY_SESSION`.
 *
 * @param total what is zero there is not counted
 */
export async function queueBySession(
  { documents, clock }: Needed,
  principal: Principal,
  total: QueueFigures,
): Promise<QueueStatus['sessions']> {
  const now = new Date(clock.now())
  const ids = await fewSessions(documents, principal)
  const sessions: [string, QueueFigures][] = []
  for (let begin = 0; begin < ids.length; begin += AT_ONCE) {
    const some = ids.slice(begin, begin + AT_ONCE)
    const figures = await Promise.all(some.map((id) => countQueue(documents, [['sessionId', '==', id]], now, total)))
    for (const [place, id] of some.entries()) sessions.push([sessionNameOf(id), figures[place] ?? NO_JOBS])
  }
  return Object.fromEntries(sessions)
}

/** Returns the ids of the sessions that the caller may know of. None when they are more than are counted one by one. */
async function fewSessions(documents: Needed['documents'], principal: Principal): Promise<string[]> {
  const { tenant, sessions } = principal
  if (sessions === 'all') {
    const where = [['tenant', '==', tenant]] as const
    const found = await documents.query({ collection: SESSIONS, where, limit: MOST_BY_SESSION + 1, select: ['tenant'] })
    return found.length > MOST_BY_SESSION ? [] : found.map(({ id }) => id)
  }
  if (sessions.length > MOST_BY_SESSION) return []
  const found = await Promise.all(sessions.map((name) => documents.read(sessionPath(sessionIdOf(tenant, name)))))
  return found.flatMap((snapshot) => (snapshot && isOfTenant(principal, snapshot.fields) ? [snapshot.id] : []))
}
