import type { Session } from '@holdfast/client/types'
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { after } from '../platform/clock.ts'
import { answerOf, api, isProblem } from './api.ts'
import { onChange, tell, type SessionEvent } from './live.ts'
import { useLoaded } from './loaded.ts'
import { type Paged, usePaged } from './paged.ts'
import { type Answered, fits, movesList, newest, type SessionFilter, type ToldOf } from './session-filter.ts'
import { chosenTenant, turn } from './sign-in.ts'

/** What the API has told of sessions since the page is live for this person and tenant. */
export const told = signal<ReadonlyMap<string, ToldOf>>(new Map())

/** Grows with each question and with each thing that is told, so that the later one of both is known. */
let moments = 0

/** Nobody sees a tenth of a second, and a fleet that restarts changes thousands at once. */
const GATHER_MS = 100

/** Sessions that come into a list or leave it close to each other are one reason to ask for it again. */
const ASK_AFTER_MS = 500

/** Keeps what the API tells of sessions. Returns what ends it. */
export function followSessions(): () => void {
  told.value = new Map()
  let changed: (readonly [string, ToldOf])[] = []
  let cancelShowing = (): void => undefined
  const show = (): void => {
    told.value = new Map([...told.value, ...changed])
    changed = []
  }
  const stop = onChange((change) => {
    if (change.what !== 'session') return
    const { event } = change
    if (changed.push([event.name, { event, at: ++moments }]) === 1) cancelShowing = after(GATHER_MS, show)
  })
  return () => {
    cancelShowing()
    stop()
    told.value = new Map()
  }
}

/** Tells whether another tenant or person is here than now: a late answer is not for them. */
function leaving(): () => boolean {
  const [tenant, whose] = [chosenTenant.value, turn.value]
  return () => chosenTenant.value !== tenant || turn.value !== whose
}

/** Shows the answer of a request at once, before the event of the same change comes. */
export async function showAnswer(request: Promise<Session>): Promise<void> {
  const isOver = leaving()
  const event = await request
  if (!isOver()) tell({ what: 'session', event })
}

/** A list of sessions, page by page. What changes in a session is shown at once, and what changes the list is asked for. */
export function useSessions(filter: SessionFilter, limit: number): Paged<Session> {
  const list = usePaged<Answered>(`sessions ${limit} ${JSON.stringify(filter)}`, [], (cursor) => pageOf(filter, limit, cursor))
  const latest = useRef({ filter, list })
  latest.current = { filter, list }
  useEffect(() => {
    let cancelAsking: (() => void) | null = null
    const stop = onChange((change) => {
      const { filter, list } = latest.current
      if (change.what !== 'session' || cancelAsking !== null) return
      if (!movesList(change.event, { filter, listed: list.value ?? [], hasMore: list.hasMore })) return
      cancelAsking = after(ASK_AFTER_MS, () => {
        cancelAsking = null
        void latest.current.list.reload()
      })
    })
    return () => {
      stop()
      cancelAsking?.()
    }
  }, [])
  const isShown = (session: Session | null): session is Session => session !== null && fits(session, filter)
  const value = list.value?.map((answered) => newest(answered, told.value.get(answered.session.name))).filter(isShown) ?? null
  return { ...list, value }
}

async function pageOf(filter: SessionFilter, limit: number, cursor: string | undefined) {
  const at = ++moments
  const { needsPerson, search, ...rest } = filter
  const query = {
    ...rest,
    all: 'true' as const,
    limit,
    ...(needsPerson ? { needsPerson: 'true' as const } : {}),
    ...(search ? { search } : {}),
    ...(cursor === undefined ? {} : { cursor }),
  }
  const page = await answerOf(api.GET('/api/sessions', { params: { query } }))
  // Without a limit the API answers with a list, and there is one.
  if (Array.isArray(page)) return { items: [], cursor: null }
  return { items: page.sessions.map((session) => ({ session, at })), cursor: page.cursor }
}

interface One {
  /** Undefined before the first answer. Null: not there, or of somebody else: the API tells these apart no more than the page. */
  readonly session: Session | null | undefined
  readonly problem: string | null
}

/** One session, as it changes. */
export function useSession(name: string): One {
  const { value, problem } = useLoaded(`session ${name}`, [], () => loadSession(name))
  const last = told.value.get(name)
  if (value === null) return { session: last === undefined ? undefined : sessionOf(last.event), problem }
  if (value.session !== null) return { session: newest({ session: value.session, at: value.at }, last), problem }
  return { session: last !== undefined && last.at > value.at ? sessionOf(last.event) : null, problem }
}

async function loadSession(name: string): Promise<{ session: Session | null; at: number }> {
  const at = ++moments
  try {
    return { session: await answerOf(api.GET('/api/sessions/{name}', { params: { path: { name } } })), at }
  } catch (error) {
    if (isProblem(error, 'unknown-session')) return { session: null, at }
    throw error
  }
}

const sessionOf = (event: SessionEvent): Session | null => ('gone' in event ? null : event)
