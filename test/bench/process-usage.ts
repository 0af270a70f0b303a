import { readFile, writeFile } from 'node:fs/promises'
import { round } from './statistics.ts'

/** The unit of CPU time in `/proc`. Every Linux kernel reports ticks of 10 ms. */
export const TICK_MS = 10

/** Returns the user and system time of a process since its start, in ms. */
export async function cpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name stands in parentheses and may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

export const residentMb = (pid: number): Promise<number> => statusMb(pid, 'VmRSS')

/** The resident memory of a process around some work, in MB. */
export interface MemoryUse {
  readonly beforeMb: number
  readonly peakMb: number
  readonly afterMb: number
}

/** Forgets the highest value of the resident memory, see `proc(5)`. */
const FORGET_PEAK = '5'

/** Measures the memory of a process around some work. The kernel notes the peak, so that no short one is missed. */
export async function memoryAround(pid: number, work: () => Promise<void>): Promise<MemoryUse> {
  await writeFile(`/proc/${pid}/clear_refs`, FORGET_PEAK)
  const beforeMb = await residentMb(pid)
  await work()
  return { beforeMb, peakMb: await statusMb(pid, 'VmHWM'), afterMb: await residentMb(pid) }
}

async function statusMb(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024)
}
