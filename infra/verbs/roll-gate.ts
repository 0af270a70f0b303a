/** A runner as its document in Firestore shows it. All times are Firestore's. */
export interface ObservedRunner {
  readonly revision: string
  readonly silentForMs: number
  /** The silence after which others take its sessions. */
  readonly deadAfterMs: number
  /** False before it takes sessions, and while it leaves. */
  readonly isAtWork: boolean
  /** How many processes of its container in a row had died young when it started. */
  readonly shortLives: number
  readonly sessions: number
  /** Those of its sessions that are on the way to a connection. */
  readonly connecting: number
}

/** What was seen of a step at one moment. */
export interface Observations {
  /** The revision that is rolled out. */
  readonly newest: string
  /** Since the watch began. */
  readonly elapsedMs: number
  readonly runners: readonly ObservedRunner[]
  /** Sessions that are wanted online, have no owner, and do not wait for an operator. */
  readonly unowned: number
  /** Since when there have been some at each look. 0 when there are none. */
  readonly unownedForMs: number
  /** Sessions that changed their owner without a hand-over since the watch began. */
  readonly fences: number
  /** Runners of the newest revision that ended by themselves since then. */
  readonly ends: number
  /** What Cloud Run complains of. Null when the pool is ready. */
  readonly complaint: string | null
}

export interface Verdict {
  readonly gate: 'go' | 'wait' | 'back'
  /** Sentences for people. Empty for `go`. */
  readonly reasons: readonly string[]
}

/** A runner that has been silent for this much longer than its limit is not taken for one that had a bad moment. */
const SILENCE_MS = 30_000
/** As many ends in ten minutes raise an alert. */
const ENDS = 3
/** A runner whose container has died young twice is in a crash loop. */
const SHORT_LIVES = 2
/** Sessions that may be without a connection for reasons of their own. */
const CONNECTING = { least: 3, share: 0.05 }
/** Instances that Cloud Run ended before they had handed over leave some fences. */
const FENCES = { least: 2, share: 0.01 }
/** The watch goes on for this many times its length before it gives up. */
const PATIENCE = 3

/**
 * Decides after a step whether the next one may come. `watchMs` is how long each step is watched; by half of it everything has to have
 * settled.
 */
export function gate(seen: Observations, watchMs: number): Verdict {
  const bad = troubles(seen, watchMs)
  if (bad.length > 0) return { gate: 'back', reasons: bad }
  const open = unsettled(seen)
  if (open.length > 0 && seen.elapsedMs > PATIENCE * watchMs) {
    return { gate: 'back', reasons: [`After ${minutes(seen.elapsedMs)} it has not settled.`, ...open] }
  }
  const rest = watchMs - seen.elapsedMs
  const early = rest > 0 ? [`The watch goes on for ${minutes(rest)}.`] : []
  const reasons = [...open, ...early]
  return { gate: reasons.length > 0 ? 'wait' : 'go', reasons }
}

/** What must not happen. */
function troubles(seen: Observations, watchMs: number): string[] {
  const { newest, elapsedMs, unowned, unownedForMs, fences, ends, complaint } = seen
  const settleMs = watchMs / 2
  const runners = ofNewest(seen)
  const gone = runners.filter(({ silentForMs, deadAfterMs }) => silentForMs > deadAfterMs + SILENCE_MS)
  const loops = runners.filter(({ shortLives }) => shortLives >= SHORT_LIVES)
  const fencesAllowed = Math.max(FENCES.least, Math.floor(FENCES.share * sessionsIn(seen)))
  return [
    ...(complaint === null ? [] : [`Cloud Run says: ${complaint}`]),
    ...(ends >= ENDS ? [`${ends} runners of ${newest} have ended by themselves.`] : []),
    ...(loops.length > 0 ? [`${loops.length} of the runners of ${newest} are in a crash loop.`] : []),
    ...(gone.length > 0 ? [`${gone.length} of the runners of ${newest} are not heard any more.`] : []),
    ...(fences > fencesAllowed
      ? [`${fences} sessions changed their owner without a hand-over; ${fencesAllowed} are expected.`]
      : []),
    ...(elapsedMs > settleMs && !runners.some(({ isAtWork }) => isAtWork)
      ? [`No runner of ${newest} has come to work in ${minutes(elapsedMs)}.`]
      : []),
    ...(unownedForMs > settleMs ? [`${unowned} sessions have had no owner for ${minutes(unownedForMs)}.`] : []),
  ]
}

/** What has to be over before the next step. */
function unsettled(seen: Observations): string[] {
  const { newest, unowned } = seen
  const runners = ofNewest(seen)
  const silent = runners.filter(({ silentForMs, deadAfterMs }) => silentForMs > deadAfterMs).length
  const connecting = seen.runners.reduce((sum, runner) => sum + runner.connecting, 0)
  const allowed = Math.max(CONNECTING.least, Math.floor(CONNECTING.share * sessionsIn(seen)))
  return [
    ...(runners.some(({ isAtWork }) => isAtWork) ? [] : [`No runner of ${newest} is at work yet.`]),
    ...(unowned > 0 ? [`${unowned} sessions have no owner.`] : []),
    ...(connecting > allowed ? [`${connecting} sessions are on the way to a connection.`] : []),
    ...(silent > 0 ? [`${silent} of the runners of ${newest} are silent.`] : []),
  ]
}

const ofNewest = ({ runners, newest }: Observations) => runners.filter(({ revision }) => revision === newest)

const sessionsIn = ({ runners }: Observations): number => runners.reduce((sum, { sessions }) => sum + sessions, 0)

const minutes = (ms: number): string => (ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`)
