import { systemNow, systemPause, systemRandom } from './system-clock.ts'

export type Fetch = (request: Request) => Promise<Response>

/** How often, and after how long, a request is repeated. */
export interface Repeats {
  /** All attempts of one request, the first one included. */
  readonly attempts?: number
  /** The longest pause before the second attempt, ms. It doubles with each further one. */
  readonly firstPauseMs?: number
  /** The longest pause at all, ms. An answer that asks for a longer one is handed to the caller at once. */
  readonly longestPauseMs?: number
  readonly pause?: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly random?: () => number
  readonly now?: () => number
}

const DEFAULTS = {
  attempts: 4,
  firstPauseMs: 400,
  longestPauseMs: 10_000,
  pause: systemPause,
  random: systemRandom,
  now: systemNow,
} satisfies Required<Repeats>

/** Too many requests, and a store or a server that is away for the moment. */
const REPEATED_STATUS = new Set([429, 503])

/**
 * Makes a fetch that repeats what can be repeated without harm: a request that only reads, and a write with an `Idempotency-Key`.
 * It does so when no answer arrives, and after 429 and 503. Another write may have been done although its answer was lost, so it is
 * made once.
 */
export function repeating(fetch: Fetch, given: Repeats = {}): Fetch {
  const repeats = { ...DEFAULTS, ...given }
  return async (request) => {
    if (!isRepeatable(request)) return await fetch(request)
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt >= repeats.attempts
      const outcome = await once(fetch, isLast ? request : request.clone())
      const pauseMs = isLast || request.signal.aborted ? null : pauseAfter(outcome, attempt, repeats)
      if (pauseMs === null) return outcome instanceof Response ? outcome : throwing(outcome.error)
      if (outcome instanceof Response) await outcome.body?.cancel()
      await repeats.pause(pauseMs, request.signal)
      request.signal.throwIfAborted()
    }
  }
}

/** Whether the same request again leaves the same state behind. */
export const isRepeatable = ({ method, headers }: Request): boolean =>
  method === 'GET' || method === 'HEAD' || headers.has('Idempotency-Key')

async function once(fetch: Fetch, request: Request): Promise<Response | { error: unknown }> {
  try {
    return await fetch(request)
  } catch (error) {
    return { error }
  }
}

function throwing(error: unknown): never {
  throw error
}

/** Decides: the pause before the next attempt, or null when there is none. */
function pauseAfter(outcome: Response | { error: unknown }, attempt: number, repeats: Required<Repeats>): number | null {
  const { firstPauseMs, longestPauseMs, random, now } = repeats
  // A random part of it, so that those who failed together do not come back together.
  const jittered = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1)) * (0.5 + random() / 2)
  if (!(outcome instanceof Response)) return jittered
  if (!REPEATED_STATUS.has(outcome.status)) return null
  const askedMs = askedPauseMs(outcome.headers.get('retry-after'), now())
  if (askedMs === null) return jittered
  return askedMs > longestPauseMs ? null : askedMs + random() * firstPauseMs
}

/** Reads `Retry-After`, which has seconds or a date. Null when it is neither. */
function askedPauseMs(header: string | null, now: number): number | null {
  if (header === null) return null
  if (/^\d+$/.test(header)) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}
