import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { DialPacer } from '../supervisor/dial-pacer.ts'
import type { DialTurn } from '../session/connection/dial-place.ts'
import { DialBreaker } from './dial-breaker.ts'

let breaker: DialBreaker
let pacer: DialPacer
let startedAt: number
/** The dials that were granted: whose, and when, in milliseconds since the start. */
let dials: { name: number; at: number }[]

beforeEach(() => {
  vi.useFakeTimers()
  breaker = new DialBreaker({ clock: systemClock, perSecond: 10 })
  pacer = new DialPacer({ clock: systemClock, perSecond: 10, burst: 10, pairings: 2, gate: breaker })
  startedAt = systemClock.monotonic()
  dials = []
})

afterEach(() => {
  breaker.stop()
  vi.useRealTimers()
})

const sessions = (count: number): DialTurn[] =>
  Array.from({ length: count }, (_, name) => {
    let isKnown = false
    const turn: DialTurn = pacer.ask('login', () => {
      if (!turn.isGranted || isKnown) return
      isKnown = true
      dials.push({ name, at: Math.round(systemClock.monotonic() - startedAt) })
    })
    return turn
  })

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const cutOff = { holds: 'outage-network', isReachable: false } as const
const refusing = { holds: 'outage-whatsapp', isReachable: true } as const
const well = { holds: null, isReachable: true } as const

describe('during an outage of the network', () => {
  test('no session dials, and each says why it waits', async () => {
    breaker.judge(cutOff)
    const turns = sessions(50)
    await pass(10 * 60_000)
    expect(dials).toEqual([])
    expect(new Set(turns.map(({ heldBecause }) => heldBecause))).toEqual(new Set(['outage-network']))
    // Nobody waits by a timer that comes again and again.
    expect(vi.getTimerCount()).toBe(0)
  })

  test('sessions that wait for their turn already are stopped, and told', async () => {
    sessions(30)
    await pass(0)
    expect(dials).toHaveLength(10)
    breaker.judge(cutOff)
    await pass(60_000)
    expect(dials).toHaveLength(10)
  })

  test('one session tries when it is over, and the others follow in a ramp', async () => {
    breaker.judge(cutOff)
    sessions(50)
    await pass(1000)
    breaker.judge(well)
    await pass(1000)
    expect(dials).toHaveLength(1)
    breaker.cameThrough()
    const from = 2000
    await pass(20_000)
    const inSecond = (second: number) =>
      dials.slice(1).filter(({ at }) => at >= from + second * 1000 && at < from + (second + 1) * 1000).length
    expect([inSecond(0), inSecond(1), inSecond(2), inSecond(3)]).toEqual([1, 2, 4, 8])
    expect(dials).toHaveLength(50)
    expect(breaker.phase).toBe('closed')
  })
})

describe('while WhatsApp can be reached and refuses all', () => {
  test('one session tries after each pause, and the pauses grow', async () => {
    breaker.judge(refusing)
    const tries: number[] = []
    for (let trial = 0; trial < 6; trial++) {
      sessions(1)
      const before = dials.length
      for (let steps = 0; dials.length === before && steps < 1000; steps++) await pass(100)
      tries.push(dials.at(-1)?.at ?? 0)
      breaker.failed(systemClock.monotonic())
      breaker.judge(refusing)
    }
    const pauses = tries.map((at, index) => Math.round((at - (tries[index - 1] ?? 0)) / 1000))
    expect(pauses).toEqual([5, 10, 20, 40, 60, 60])
    expect(dials).toHaveLength(6)
  })

  test('a session that came through ends it', async () => {
    breaker.judge(refusing)
    sessions(3)
    await pass(5000)
    breaker.cameThrough()
    breaker.judge(well)
    await pass(5000)
    expect(dials).toHaveLength(3)
  })

  test('a trial that tells nothing is followed by another', async () => {
    breaker.judge(refusing)
    sessions(2)
    await pass(5000 + 44_000)
    expect(dials).toHaveLength(1)
    await pass(2000)
    expect(dials).toHaveLength(2)
  })

  test('no session tries any more once WhatsApp cannot be reached', async () => {
    breaker.judge(refusing)
    await pass(5000)
    breaker.judge({ ...refusing, isReachable: false })
    sessions(2)
    await pass(10 * 60_000)
    expect(dials).toEqual([])
    breaker.judge(refusing)
    await pass(0)
    expect(dials).toHaveLength(1)
  })
})

describe('after an outage', () => {
  test('a session with trouble of its own stops no other', async () => {
    breaker.judge(cutOff)
    sessions(3)
    breaker.judge(well)
    await pass(0)
    breaker.failed(systemClock.monotonic())
    await pass(0)
    expect(dials).toHaveLength(2)
    // The second one hangs.
    await pass(5000)
    expect(dials).toHaveLength(3)
  })

  test('the next outage stops the ramp', async () => {
    breaker.judge(cutOff)
    sessions(50)
    breaker.judge(well)
    await pass(0)
    breaker.cameThrough()
    await pass(1500)
    const before = dials.length
    breaker.judge(cutOff)
    await pass(60_000)
    expect(dials).toHaveLength(before)
  })
})

test('an attempt from before the trial tells nothing about it', async () => {
  const before = systemClock.monotonic()
  await pass(1000)
  breaker.judge(refusing)
  sessions(2)
  await pass(5000)
  breaker.failed(before)
  await pass(30_000)
  expect(dials).toHaveLength(1)
  expect(breaker.phase).toBe('half-open')
})

test('without an outage the breaker changes nothing', async () => {
  breaker.judge(well)
  breaker.failed(systemClock.monotonic())
  breaker.cameThrough()
  sessions(30)
  await pass(0)
  expect(dials).toHaveLength(10)
  await pass(2000)
  expect(dials).toHaveLength(30)
})

test('a breaker that is stopped leaves no timer', () => {
  breaker.judge(refusing)
  breaker.stop()
  expect(vi.getTimerCount()).toBe(0)
})
