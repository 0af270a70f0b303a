import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { Liveness } from './liveness.ts'

const LIMIT_MS = 60_000
const PROBED_EVERY_MS = 1000

const world = { renewedAt: 0, answers: true, asked: 0 }
let liveness: Liveness

beforeEach(() => {
  vi.useFakeTimers()
  Object.assign(world, { renewedAt: systemClock.monotonic(), answers: true, asked: 0 })
  liveness = new Liveness({
    clock: systemClock,
    logger: createLogger('test', 'silent'),
    unrenewedForMs: () => systemClock.monotonic() - world.renewedAt,
    limitMs: LIMIT_MS,
    askAfresh: async () => {
      world.asked++
      // An outage hangs rather than refuses.
      if (!world.answers) await new Promise(() => {})
    },
  })
})

afterEach(() => {
  vi.useRealTimers()
})

/** Probes as the platform does, for so long; gives what it was told each time. */
async function probe(forMs: number, meanwhile: () => void = () => {}): Promise<(string | null)[]> {
  const told: (string | null)[] = []
  for (let elapsed = 0; elapsed < forMs; elapsed += PROBED_EVERY_MS) {
    meanwhile()
    told.push(liveness.trouble)
    await vi.advanceTimersByTimeAsync(PROBED_EVERY_MS)
  }
  return told
}

const never = (told: readonly (string | null)[]): boolean => told.every((trouble) => trouble === null)

describe('a process', () => {
  test('whose heartbeat is renewed is alive, and nobody is asked', async () => {
    const told = await probe(10 * LIMIT_MS, () => {
      world.renewedAt = systemClock.monotonic()
    })
    expect(never(told)).toBe(true)
    expect(world.asked).toBe(0)
  })

  test('that cannot renew because Firestore is away stays alive, however long that takes', async () => {
    world.answers = false
    expect(never(await probe(60 * LIMIT_MS))).toBe(true)
    expect(world.asked).toBeGreaterThan(100)
    expect(world.asked).toBeLessThan(1000)
  })

  test('that alone cannot renew is over once that has lasted', async () => {
    const told = await probe(3 * LIMIT_MS)
    const first = told.findIndex((trouble) => trouble !== null)
    // The limit, and the limit again in doubt.
    expect((first * PROBED_EVERY_MS) / LIMIT_MS).toBeCloseTo(2, 1)
    expect(told.at(-1)).toMatch(/has taken no heartbeat of this process for \d+ s/)
  })

  test('is given the time to come back when Firestore does', async () => {
    world.answers = false
    await probe(5 * LIMIT_MS)
    world.answers = true
    expect(never(await probe(LIMIT_MS / 2))).toBe(true)
    world.renewedAt = systemClock.monotonic()
    expect(never(await probe(LIMIT_MS / 2))).toBe(true)
  })

  test('is doubted anew when Firestore was away in between', async () => {
    await probe(1.8 * LIMIT_MS)
    world.answers = false
    await probe(0.5 * LIMIT_MS)
    world.answers = true
    expect(never(await probe(0.8 * LIMIT_MS))).toBe(true)
  })

  test('that was over is alive again when its heartbeat is taken', async () => {
    await probe(3 * LIMIT_MS)
    expect(liveness.trouble).not.toBeNull()
    world.renewedAt = systemClock.monotonic()
    expect(liveness.trouble).toBeNull()
  })
})
