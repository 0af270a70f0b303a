import type { Session } from '@holdfast/client/types'
import type { SessionEvent } from './live.ts'

/** Which sessions a list has; the API has the same words. */
export interface SessionFilter {
  readonly search?: string
  readonly status?: Session['status']
  readonly needsPerson?: true
}

/** A session as an answer had it, and when the page asked for it. */
export interface Answered {
  readonly session: Session
  readonly at: number
}

/** What the API told last of a session, and when. */
export interface ToldOf {
  readonly event: SessionEvent
  readonly at: number
}

/** Whether the API would list a session. */
export function fits(session: Session, { search, status, needsPerson }: SessionFilter): boolean {
  if (status !== undefined && session.status !== status) return false
  if (needsPerson === true && !isForPerson(session)) return false
  const text = (search ?? '').trim().toLowerCase()
  const { name, me } = session
  return text === '' || [name, me?.id ?? '', me?.pushName ?? ''].some((one) => one.toLowerCase().includes(text))
}

const isForPerson = ({ status, wanted, userAction }: Session): boolean =>
  status === 'FAILED' || status === 'SCAN_QR_CODE' || (wanted === 'online' && userAction !== null)

/** The newest that is known of a session: what was told since its answer was asked for goes before the answer. Null: it is gone. */
export function newest({ session, at }: Answered, told: ToldOf | undefined): Session | null {
  if (told === undefined || told.at <= at) return session
  return 'gone' in told.event ? null : told.event
}

/** Whether a list has to be asked for again: a session has come into it or has left it, so that other sessions take other places. */
export function movesList(
  event: SessionEvent,
  { filter, listed, hasMore }: { filter: SessionFilter; listed: readonly Answered[]; hasMore: boolean },
): boolean {
  const isListed = listed.some(({ session }) => session.name === event.name)
  const belongs = !('gone' in event) && fits(event, filter)
  const last = listed.at(-1)?.session.name
  const isOnPage = !hasMore || last === undefined || event.name < last
  return isListed ? !belongs : belongs && isOnPage
}
