import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RunnerResources } from '@holdfast/core/operations/runner-document'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { memoryLimit, processMeter, type ResourceMeter } from './resource-meter.ts'
import { ResourceWatch } from './resource-watch.ts'

const MIB = 1024 * 1024

describe('the resources of a runner', () => {
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

  test('are known at the start, without the figures that need an interval', () => {
    expect(watchOf(400 * MIB).latest).toEqual({
      memory: { rssBytes: 100 * MIB, limitBytes: 400 * MIB, percentage: 25 },
      cpu: { cpus: 2, percentage: null },
      eventLoop: { p99Ms: null, maxMs: null },
    })
  })

  test('have no memory percentage without a known limit', () => {
    expect(watchOf(null).latest.memory).toEqual({ rssBytes: 100 * MIB, limitBytes: null, percentage: null })
  })

  test('are reported at every look: memory as it is, CPU as a share of all CPUs over the last whole interval', () => {
    const watch = watchOf(400 * MIB)
    const reports: RunnerResources[] = []
    const end = watch.start((resources) => reports.push(resources))
    used.memoryBytes = 300 * MIB
    vi.advanceTimersByTime(9000)
    expect(reports).toHaveLength(9)
    expect(reports.at(-1)).toMatchObject({ memory: { percentage: 75 }, cpu: { percentage: null } })
    // The process used 12 s of CPU in 10 s, of the 20 s that two CPUs have.
    used.cpuMs = 13_500
    vi.advanceTimersByTime(1000)
    expect(reports.at(-1)).toMatchObject({ cpu: { percentage: 60 }, eventLoop: { p99Ms: 3, maxMs: 40 } })
    // The last whole interval counts until the current one ends.
    used.cpuMs = 33_500
    vi.advanceTimersByTime(5000)
    expect(reports.at(-1)).toMatchObject({ cpu: { percentage: 60 } })
    vi.advanceTimersByTime(5000)
    expect(reports.at(-1)).toMatchObject({ cpu: { percentage: 100 } })
    expect(watch.latest).toBe(reports.at(-1))
    end()
    vi.advanceTimersByTime(5000)
    expect(reports).toHaveLength(20)
  })
})

describe('the memory limit of a process', () => {
  const machine = 16_000 * MIB

  test('is that of its container or its configuration, whichever is lower', () => {
    expect(memoryLimit({ container: 512 * MIB, configured: null, machine })).toBe(512 * MIB)
    expect(memoryLimit({ container: 0, configured: 300 * MIB, machine })).toBe(300 * MIB)
    expect(memoryLimit({ container: 512 * MIB, configured: 300 * MIB, machine })).toBe(300 * MIB)
    expect(memoryLimit({ container: 512 * MIB, configured: 800 * MIB, machine })).toBe(512 * MIB)
  })

  test('is unknown without both: a cgroup without a limit reports zero or more than the machine has', () => {
    // The values that Node and version 1 of cgroups report without a limit.
    for (const container of [0, 9_223_372_036_854_771_712, 18_446_744_073_709_552_000]) {
      expect(memoryLimit({ container, configured: null, machine })).toBeNull()
    }
  })
})

describe('the meter of this process', () => {
  test('measures memory, CPU time, and a blocked event loop', async () => {
    const meter = processMeter(null)
    const before = meter.cpuMs()
    meter.takeLag()
    await new Promise((resolve) => setTimeout(resolve, 50))
    // The loop ends by CPU time, so that a busy machine does not shorten it.
    while (meter.cpuMs() < before + 150);
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(meter.takeLag().maxMs).toBeGreaterThan(100)
    expect(meter.memoryBytes()).toBeGreaterThan(20 * MIB)
    expect(meter.cpus).toBeGreaterThanOrEqual(1)
  })
})
