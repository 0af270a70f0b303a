import { availableParallelism, totalmem } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What the operating system and Node tell about this process. */
export interface ResourceMeter {
  /** CPUs that the container may use. */
  readonly cpus: number
  /** What the process may have before it is killed, in bytes. Null where nothing says. */
  readonly memoryLimitBytes: number | null
  memoryBytes(): number
  /** Milliseconds of CPU time since the process began, all its threads together. */
  cpuMs(): number
  /** How late timers fired since this was last asked, in milliseconds. */
  takeLag(): { p99Ms: number; maxMs: number }
}

/** A timer fires this often to see whether it fires late. */
const LAG_RESOLUTION_MS = 20

const NANOSECONDS_PER_MS = 1_000_000

/** Of this process. Node reads the limits of the container from its cgroup, of either version. */
export function processMeter(toldMemoryLimitBytes: number | null): ResourceMeter {
  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS })
  lag.enable()
  const late = (nanoseconds: number): number => Math.max(0, Math.round(nanoseconds / NANOSECONDS_PER_MS) - LAG_RESOLUTION_MS)
  return {
    cpus: availableParallelism(),
    memoryLimitBytes: memoryLimit({
      container: process.constrainedMemory(),
      told: toldMemoryLimitBytes,
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
 * The smaller of what the container's cgroup and the configuration say. Without a limit a cgroup says nothing, or more than the
 * machine has.
 */
export function memoryLimit(bytes: { container: number; told: number | null; machine: number }): number | null {
  const { container, told, machine } = bytes
  const limits = [container > 0 && container <= machine ? container : null, told].filter((limit) => limit !== null)
  return limits.length === 0 ? null : Math.min(...limits)
}
