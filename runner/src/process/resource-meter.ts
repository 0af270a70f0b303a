import { availableParallelism, totalmem } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Readings of the operating system and Node about this process. */
export interface ResourceMeter {
  /** CPUs that the container may use. */
  readonly cpus: number
  /** The memory limit of the process, in bytes. Null where it is unknown. */
  readonly memoryLimitBytes: number | null
  memoryBytes(): number
  /** CPU time of all threads since the process began, in milliseconds. */
  cpuMs(): number
  /** Delay of timers since the last call, in milliseconds. */
  takeLag(): { p99Ms: number; maxMs: number }
}

/** Interval of the timer that measures delays. */
const LAG_RESOLUTION_MS = 20

const NANOSECONDS_PER_MS = 1_000_000

/** The meter of this process. Node reads the container's limits from its cgroup, version 1 or 2. */
export function processMeter(configuredLimitBytes: number | null): ResourceMeter {
  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS })
  lag.enable()
  const late = (nanoseconds: number): number => Math.max(0, Math.round(nanoseconds / NANOSECONDS_PER_MS) - LAG_RESOLUTION_MS)
  return {
    cpus: availableParallelism(),
    memoryLimitBytes: memoryLimit({
      container: process.constrainedMemory(),
      configured: configuredLimitBytes,
      machine: totalmem(),
    }),
    memoryBytes: () => process.memoryUsage.rss(),
    cpuMs() {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1000
    },
    takeLag() {
      const taken = lag.count === 0 ? { p99Ms: 0, maxMs: 0 } : { p99Ms: late(lag.percentile(99)), maxMs: late(lag.max) }
      lag.reset()
      return taken
    },
  }
}

/**
 * The smaller limit of the container's cgroup and the configuration. A cgroup without a limit reports none, or more than the machine
 * has.
 */
export function memoryLimit(bytes: { container: number; configured: number | null; machine: number }): number | null {
  const { container, configured, machine } = bytes
  const limits = [container > 0 && container <= machine ? container : null, configured].filter((limit) => limit !== null)
  return limits.length === 0 ? null : Math.min(...limits)
}
