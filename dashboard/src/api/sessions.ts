import { everySession } from '@holdfast/client/sessions'
import type { Session } from '@holdfast/client/types'
import { computed, signal } from '@preact/signals'
import { api, sentenceOf } from './api.ts'
import { after } from '../platform/clock.ts'
import { onChange, type SessionEvent } from './live.ts'
import { once } from './once.ts'
import { chosenTenant, turn } from './sign-in.ts'

/** All sessions that this person may see, by name. Null before the first answer. */
const byName = signal<ReadonlyMap<string, Session> | null>(null)

/** Thousands of names are compared with each change: `localeCompare` would make one of these each time. */
const byAlphabet = new Intl.Collator('en')

/** Nobody sees a tenth of a second. */
const GATHER_MS = 100

export const sessionsProblem = signal<string | null>(null)

export const sessions = computed((): readonly Session[] | null =>
  byName.value === null ? null : [...byName.value.values()].toSorted((one, other) => byAlphabet.compare(one.name, other.name)),
)

export const sessionNamed = (name: string): Session | null => byName.value?.get(name) ?? null

/** Tells whether another tenant or person is here than now: a late answer is not for them. */
function leaving(): () => boolean {
  const [tenant, whose] = [chosenTenant.value, turn.value]
  return () => chosenTenant.value !== tenant || turn.value !== whose
}

const reload = once(async () => {
  const isOver = leaving()
  try {
    const list = await everySession(api)
    if (isOver()) return
    byName.value = new Map(list.map((session) => [session.name, session]))
    sessionsProblem.value = null
  } catch (error) {
    if (!isOver()) sessionsProblem.value = sentenceOf(error)
  }
})

/** Shows the answer of a request at once, before the event of the same change comes. */
export async function showAnswer(request: Promise<Session>): Promise<void> {
  const isOver = leaving()
  const session = await request
  if (!isOver()) byName.value = new Map(byName.value).set(session.name, session)
}

/** Keeps the sessions as the API tells of them. Returns what ends it. */
export function followSessions(): () => void {
  forget()
  void reload()
  // The state at the beginning of a stream comes session by session, and is shown as a whole.
  let coming: Map<string, Session> | null = null
  // A fleet that restarts changes thousands at once: they are shown together.
  let changed: SessionEvent[] = []
  let cancelShowing = (): void => undefined

  const showChanged = (): void => {
    const sessions = new Map(byName.value)
    for (const event of changed) enter(sessions, event)
    byName.value = sessions
    changed = []
  }

  const stop = onChange((told) => {
    if (told.what === 'poll') void reload()
    if (told.what === 'begin') {
      coming = new Map()
      // They are older than the state that comes.
      changed = []
      cancelShowing()
    }
    if (told.what === 'ready' && coming) {
      byName.value = coming
      sessionsProblem.value = null
      coming = null
    }
    if (told.what !== 'session') return
    if (coming) enter(coming, told.event)
    else if (changed.push(told.event) === 1) cancelShowing = after(GATHER_MS, showChanged)
  })
  return () => {
    cancelShowing()
    stop()
    forget()
  }
}

function forget(): void {
  byName.value = null
  sessionsProblem.value = null
}

function enter(sessions: Map<string, Session>, event: SessionEvent): void {
  if ('gone' in event) sessions.delete(event.name)
  else sessions.set(event.name, event)
}
