import type { Health, Queue, Session } from '@holdfast/client/types'
import { signal } from '@preact/signals'
import { after, every } from '../platform/clock.ts'
import { chosenTenant } from './sign-in.ts'

/** What the API tells of. */
const TOPICS = ['session', 'queue', 'alert', 'recovery', 'runner', 'health'] as const
export type Topic = (typeof TOPICS)[number]

export type SessionEvent = Session | { readonly name: string; readonly gone: true }

type Told =
  /** From here on each change is told. What happened before it is asked for. */
  | { readonly what: 'ready' }
  | { readonly what: 'session'; readonly event: SessionEvent }
  | { readonly what: 'queue'; readonly event: Queue }
  | { readonly what: 'health'; readonly event: Health }
  | { readonly what: 'alert' | 'recovery' | 'runner' }
  /** Nothing is told now. Whoever shows something asks for it. */
  | { readonly what: 'poll' }

const POLL_MS = 10_000
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000
/** A stream ends by itself, and the browser comes back. That is no reason to say anything. */
const GRACE_MS = 5000

/** Whether changes are shown as they come. If not, the page asks every ten seconds. */
export const isLive = signal(true)

type Listener = (told: Told) => void
const listeners = new Set<Listener>()

/** Calls with each change. Returns what ends it. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Lets all who listen know. */
export function tell(told: Told): void {
  for (const listener of listeners) listener(told)
}

/** Listens to the API while the page is looked at. Returns what ends it. */
export function listen(): () => void {
  let source: EventSource | null = null
  let pause = FIRST_PAUSE_MS
  let cancelRetry = (): void => undefined
  let cancelGrace = (): void => undefined

  const close = (): void => {
    cancelRetry()
    cancelGrace()
    source?.close()
    source = null
  }

  const lost = (): void => {
    cancelGrace()
    cancelGrace = after(GRACE_MS, () => (isLive.value = false))
    // After an answer other than a stream the browser gives up for good.
    if (source?.readyState !== EventSource.CLOSED) return
    isLive.value = false
    cancelRetry()
    cancelRetry = after(pause, open)
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }

  const open = (): void => {
    close()
    // Thousands of sessions come page by page, as they are looked at.
    const query = { changesOnly: 'true', ...(chosenTenant.value === null ? {} : { tenant: chosenTenant.value }) }
    source = new EventSource(`/api/events?${new URLSearchParams(query).toString()}`)
    source.addEventListener('error', lost)
    readEvents(source, () => {
      cancelGrace()
      pause = FIRST_PAUSE_MS
      isLive.value = true
    })
  }

  // An open stream keeps the API busy, and a browser opens few of them to one host.
  const look = (): void => (document.hidden ? close() : open())
  document.addEventListener('visibilitychange', look)
  look()
  const endPolling = every(POLL_MS, () => {
    if (!isLive.value && !document.hidden) tell({ what: 'poll' })
  })
  return () => {
    document.removeEventListener('visibilitychange', look)
    endPolling()
    close()
  }
}

/** Hands on what a stream says. What it catches up on before `ready` is asked for then, as it is shown; sessions are told at once. */
function readEvents(source: EventSource, begun: () => void): void {
  let isReady = false
  source.addEventListener('begin', () => {
    isReady = false
    begun()
  })
  source.addEventListener('ready', () => {
    isReady = true
    tell({ what: 'ready' })
  })
  for (const topic of TOPICS)
    source.addEventListener(topic, (message) => {
      const event = dataOf<never>(message)
      if (event !== null && (isReady || topic === 'session')) tell({ what: topic, event })
    })
}

function dataOf<Data>({ data }: MessageEvent<string>): Data | null {
  try {
    return JSON.parse(data) as Data
  } catch {
    return null
  }
}
