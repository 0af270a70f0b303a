import type { TextOptions } from '../../../support/api-client.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'

/** How a message is to be sent, and what its caller does afterwards. */
export interface Draft {
  kind: Kind
  options: TextOptions
  /** Whether any session may send the message. */
  isPooled: boolean
  /** The caller cancels the message so long after its acceptance; null: never. */
  cancelAfterMs: number | null
  /** Whether the message may fail by its `expiresAt`. */
  mayExpire: boolean
}

type Kind = 'plain' | 'high' | 'low' | 'later' | 'patient' | 'once' | 'expiring' | 'withdrawn'

/** The share of each kind. A withdrawn message is one of another kind that its caller cancels. */
const SHARES: Readonly<Record<Kind, number>> = {
  plain: 0.25,
  high: 0.1,
  low: 0.1,
  later: 0.15,
  patient: 0.1,
  once: 0.05,
  expiring: 0.05,
  withdrawn: 0.2,
}

const POOLED_SHARE = 0.3

/** The longest time of an owner's own wait for a retry is 60 s. A longer one is left to a task. */
const TASK_DELAY_MS = { least: 61_000, most: 120_000 }
/** `sendAt` is this far ahead. Within 5 s it is now. */
const AHEAD_MS = { least: 6_000, most: 150_000 }
const EXPIRES_MS = { least: 500, most: 30_000 }
/** A cancel often meets the owner that takes the job, and now and then a message that waits for minutes. */
const CANCELED_MS = [
  { least: 0, most: 300 },
  { least: 0, most: 10_000 },
]
const MANY_RETRIES = 50

/** Draws a message. Pure. `nowMs` is the time of the sandbox. */
export function drawDraft(random: SeededRandom, nowMs: number): Draft {
  const kind = drawKind(random)
  const base = kind === 'withdrawn' ? random.pick(['plain', 'low', 'later', 'patient'] as const) : kind
  return {
    kind,
    options: optionsOf(base, random, nowMs),
    cancelAfterMs: kind === 'withdrawn' ? between(random, random.pick(CANCELED_MS)) : null,
    isPooled: random.chance(POOLED_SHARE),
    mayExpire: kind === 'expiring',
  }
}

const between = (random: SeededRandom, { least, most }: { least: number; most: number }): number =>
  Math.round(random.between(least, most))

function drawKind(random: SeededRandom): Kind {
  let rest = random.next()
  for (const kind of Object.keys(SHARES) as Kind[]) if ((rest -= SHARES[kind]) < 0) return kind
  return 'plain'
}

function optionsOf(kind: Exclude<Kind, 'withdrawn'>, random: SeededRandom, nowMs: number): TextOptions {
  const inMs = (ms: number) => new Date(nowMs + ms).toISOString()
  switch (kind) {
    case 'plain':
      return {}
    case 'high':
    case 'low':
      return { priority: kind }
    case 'later':
      return { sendAt: inMs(between(random, AHEAD_MS)) }
    case 'patient':
      return { retry: { delaysMs: [between(random, TASK_DELAY_MS)], maxRetries: MANY_RETRIES } }
    case 'once':
      // One refusal fails it. Somebody then retries it by hand.
      return { retry: { maxRetries: 0 } }
    case 'expiring':
      return { expiresAt: inMs(between(random, EXPIRES_MS)) }
  }
}
