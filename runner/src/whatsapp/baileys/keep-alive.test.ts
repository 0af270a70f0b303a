import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { KeepAlive } from './keep-alive.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** Starts a keep-alive with the longest pauses between pings. */
function started() {
  const seen = { pings: 0, silentAtMs: null as number | null }
  const startedAt = performance.now()
  const keepAlive = new KeepAlive({
    clock: systemClock,
    random: { fraction: () => 0.999, bytes: (size) => Buffer.alloc(size) },
    ping: async () => void seen.pings++,
    onSilence: () => (seen.silentAtMs = performance.now() - startedAt),
  })
  keepAlive.start()
  return { keepAlive, seen }
}

test('a silent server is reported after 45 s, and not only at the next ping', async () => {
  const { seen } = started()
  await vi.advanceTimersByTimeAsync(120_000)
  expect(seen.silentAtMs).toBeGreaterThanOrEqual(45_000)
  expect(seen.silentAtMs).toBeLessThan(45_100)
  expect(seen.pings).toBe(1)
})

test('a server that answers is pinged every half minute until the keep-alive is stopped', async () => {
  const { keepAlive, seen } = started()
  for (let second = 0; second < 600; second += 10) {
    await vi.advanceTimersByTimeAsync(10_000)
    keepAlive.heard()
  }
  expect(seen.silentAtMs).toBeNull()
  expect(seen.pings).toBe(20)
  keepAlive.stop()
  await vi.advanceTimersByTimeAsync(120_000)
  expect(seen).toEqual({ pings: 20, silentAtMs: null })
})
