import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RunnerResources } from '@holdfast/core/operations/runner-document'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { memoryLimit, processMeter, type ResourceMeter } from './resource-meter.ts'
import { ResourceWatch } from './resource-watch.ts'

const MIB = 1024 * 1024

describe('what a runner uses', () => {
  const used = { memoryBytes: 100 * MIB, cpuMs: 1500, lag: { p99Ms: 3, maxMs: 40 } }
  const meterOf = (memoryLimitBytes: number | null): ResourceMeter => ({
    cpus: 2,
    memoryLimitBytes,
    memoryBytes: () => used.memoryBytes,
    cpuMs: () => used.cpuMs,
    takeLag: () => used.lag,
  })
  const watchOf = (memoryLimitBytes: number | null): ResourceWatch =>
    new ResourceWatch({
      meter: meterOf(memoryLimitBytes),
      clock: systemClock,
      policy: { intervalMs: 10_000, memoryEveryMs: 1000 },
    })

  beforeEach(() => {
    vi.useFakeTimers()
    Object.assign(used, { memoryBytes: 100 * MIB, cpuMs: 1500 })
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  test('is known from the start as far as it can be, without figures that only an interval has', () => {
    expect(watchOf(400 * MIB).latest).toEqual({
      memory: { rssBytes: 100 * MIB, limitBytes: 400 * MIB, percentage: 25 },
      cpu: { cpus: 2, percentage: null },
      eventLoop: { p99Ms: null, maxMs: null },
    })
  })

  test('has no share of a limit that nobody knows', () => {
    expect(watchOf(null).latest.memory).toEqual({ rssBytes: 100 * MIB, limitBytes: null, percentage: null })
  })

  test('is told at every look: memory as it is, CPU as a share of all CPUs over the last whole interval', () => {
    const watch = watchOf(400 * MIB)
    const told: RunnerResources[] = []
    const end = watch.start((resources) => told.push(resources))
    used.memoryBytes = 300 * MIB
    vi.advanceTimersByTime(9000)
    expect(told).toHaveLength(9)
    expect(told.at(-1)).toMatchObject({ memory: { percentage: 75 }, cpu: { percentage: null } })
    // 12 s of CPU in 10 s, of the 20 s that two CPUs have.
    used.cpuMs = 13_500
    vi.advanceTimersByTime(1000)
    expect(told.at(-1)).toMatchObject({ cpu: { percentage: 60 }, eventLoop: { p99Ms: 3, maxMs: 40 } })
    // In the middle of the next one the last whole one still counts.
    used.cpuMs = 33_500
    vi.advanceTimersByTime(5000)
    expect(told.at(-1)).toMatchObject({ cpu: { percentage: 60 } })
    vi.advanceTimersByTime(5000)
    expect(told.at(-1)).toMatchObject({ cpu: { percentage: 100 } })
    expect(watch.latest).toBe(told.at(-1))
    end()
    vi.advanceTimersByTime(5000)
    expect(told).toHaveLength(20)
  })
})

describe('the memory that a process may have', () => {
  const machine = 16_000 * MIB

  test('is what its container or its configuration says, whichever is less', () => {
    expect(memoryLimit({ container: 512 * MIB, told: null, machine })).toBe(512 * MIB)
    expect(memoryLimit({ container: 0, told: 300 * MIB, machine })).toBe(300 * MIB)
    expect(memoryLimit({ container: 512 * MIB, told: 300 * MIB, machine })).toBe(300 * MIB)
    expect(memoryLimit({ container: 512 * MIB, told: 800 * MIB, machine })).toBe(512 * MIB)
  })

  test('is unknown where neither says it: a cgroup without a limit says zero or more than there is', () => {
    // What version 1 of cgroups and Node say then.
    for (const container of [0, 9_223_372_036_854_771_712, 18_446_744_073_709_552_000]) {
      expect(memoryLimit({ container, told: null, machine })).toBeNull()
    }
  })
})

describe('the meter of this process', () => {
  test('sees memory, CPU time, and an event loop that was held up', async () => {
    const meter = processMeter(null)
    const before = meter.cpuMs()
    meter.takeLag()
    await new Promise((resolve) => setTimeout(resolve, 50))
    // Until so much CPU was had, however busy the machine is.
    while (meter.cpuMs() < before + 150);
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(meter.takeLag().maxMs).toBeGreaterThan(100)
    expect(meter.memoryBytes()).toBeGreaterThan(20 * MIB)
    expect(meter.cpus).toBeGreaterThanOrEqual(1)
  })
})
