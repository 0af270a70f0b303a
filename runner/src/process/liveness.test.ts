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
      // An outage leaves the query unanswered instead of refusing it.
      if (!world.answers) await new Promise(() => {})
    },
  })
})

afterEach(() => {
  vi.useRealTimers()
})

/** Probes once a second, as the platform does, for the given time. Returns every answer. */
async function probe(forMs: number, meanwhile: () => void = () => {}): Promise<(string | null)[]> {
  const troubles: (string | null)[] = []
  for (let elapsed = 0; elapsed < forMs; elapsed += PROBED_EVERY_MS) {
    meanwhile()
    troubles.push(liveness.trouble)
    await vi.advanceTimersByTimeAsync(PROBED_EVERY_MS)
  }
  return troubles
}

const never = (troubles: readonly (string | null)[]): boolean => troubles.every((trouble) => trouble === null)

describe('a process', () => {
  test('whose heartbeat is renewed is alive, and does not query Firestore', async () => {
    const troubles = await probe(10 * LIMIT_MS, () => {
      world.renewedAt = systemClock.monotonic()
    })
    expect(never(troubles)).toBe(true)
    expect(world.asked).toBe(0)
  })

  test('that cannot renew its heartbeat during an outage of Firestore stays alive, however long that takes', async () => {
    world.answers = false
    expect(never(await probe(60 * LIMIT_MS))).toBe(true)
    expect(world.asked).toBeGreaterThan(100)
    expect(world.asked).toBeLessThan(1000)
  })

  test('that cannot renew its heartbeat while Firestore answers others is stuck after some time', async () => {
    const troubles = await probe(3 * LIMIT_MS)
    const first = troubles.findIndex((trouble) => trouble !== null)
    // The process is stuck after the limit without a renewal and once more the limit in doubt.
    expect((first * PROBED_EVERY_MS) / LIMIT_MS).toBeCloseTo(2, 1)
    expect(troubles.at(-1)).toMatch(/has taken no heartbeat of this process for \d+ s/)
  })

  test('has time to renew its heartbeat after an outage of Firestore', async () => {
    world.answers = false
    await probe(5 * LIMIT_MS)
    world.answers = true
    expect(never(await probe(LIMIT_MS / 2))).toBe(true)
    world.renewedAt = systemClock.monotonic()
    expect(never(await probe(LIMIT_MS / 2))).toBe(true)
  })

  test('is in doubt anew after each outage of Firestore', async () => {
    await probe(1.8 * LIMIT_MS)
    world.answers = false
    await probe(0.5 * LIMIT_MS)
    world.answers = true
    expect(never(await probe(0.8 * LIMIT_MS))).toBe(true)
  })

  test('that was stuck is alive again when Firestore accepts its heartbeat', async () => {
    await probe(3 * LIMIT_MS)
    expect(liveness.trouble).not.toBeNull()
    world.renewedAt = systemClock.monotonic()
    expect(liveness.trouble).toBeNull()
  })
})
