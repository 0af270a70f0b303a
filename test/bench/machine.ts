import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { TICK_MS } from './process-usage.ts'
import { round } from './statistics.ts'

/** More of other programs' work than this, in cores, and a run has no verdict. */
export const FOREIGN_LIMIT_CORES = 0.25

const BEFORE_MS = 2000

interface Process {
  readonly pid: number
  readonly parent: number
  /** CPU time of the process, and of its children that have ended, ms. */
  readonly ownMs: number
  readonly endedMs: number
}

/** Returns all processes that this one has started, directly or not, with this one first. */
async function processesOfRun(): Promise<Process[]> {
  const pids = (await readdir('/proc')).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
  const all = (await Promise.all(pids.map(readProcess))).filter((found) => found !== null)
  const children = Map.groupBy(all, ({ parent }) => parent)
  const below = (pid: number): Process[] => (children.get(pid) ?? []).flatMap((child) => [child, ...below(child.pid)])
  return [...all.filter(({ pid }) => pid === process.pid), ...below(process.pid)]
}

async function readProcess(pid: number): Promise<Process | null> {
  // A process may end while this one looks.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [parent, ...times] = [1, 11, 12, 13, 14].map((index) => Number(fields[index]))
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = times.map((ticks) => ticks * TICK_MS)
  return { pid, parent: parent ?? 0, ownMs: user + system, endedMs: endedUser + endedSystem }
}

/** The programs of a run, by a part of the command that runs them. */
const PROGRAMS = {
  runner: 'runner/src/start.ts',
  functions: 'google/functions/main.ts',
  firestore: 'light-firestore/main.ts',
  storage: 'google/storage/main.ts',
  tasks: 'google/tasks/main.ts',
  simulator: 'whatsapp/main.ts',
} as const

export type Program = keyof typeof PROGRAMS

/** Returns the CPU time that each program of the run has used so far, ms. */
export async function cpuByProgram(): Promise<Record<Program, number>> {
  const used = { runner: 0, functions: 0, firestore: 0, storage: 0, tasks: 0, simulator: 0 }
  for (const { pid, ownMs } of await processesOfRun()) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    for (const [program, file] of Object.entries(PROGRAMS)) if (command.includes(file)) used[program as Program] += ownMs
  }
  return used
}

/** The CPU time of the whole machine and of this run so far, ms. */
async function usedSoFar(): Promise<{ readonly machine: number; readonly run: number; readonly at: number }> {
  const [, ...columns] =
    /^cpu +(.*)$/m
      .exec(await readFile('/proc/stat', 'utf8'))?.[0]
      .split(/ +/)
      .map(Number) ?? []
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0, stolen = 0] = columns
  const run = (await processesOfRun()).reduce((sum, { ownMs, endedMs }) => sum + ownMs + endedMs, 0)
  return { machine: (user + nice + system + interrupts + softInterrupts + stolen) * TICK_MS, run, at: performance.now() }
}

/** Returns a function that tells how many cores others have used since this call. */
async function watch(): Promise<() => Promise<number>> {
  const before = await usedSoFar()
  return async () => {
    const after = await usedSoFar()
    const foreignMs = after.machine - before.machine - (after.run - before.run)
    return round(Math.max(0, foreignMs / (after.at - before.at)), 2)
  }
}

/** How many cores other programs used before and during a measurement. */
export interface ForeignWork {
  readonly beforeCores: number
  readonly duringCores: number
  readonly isBusy: boolean
}

/** Watches what others do with the machine, first for two seconds before anything is measured. */
export async function watchOthers(say: (text: string) => void): Promise<() => Promise<ForeignWork>> {
  const first = await watch()
  await pause(BEFORE_MS)
  const beforeCores = await first()
  if (beforeCores > FOREIGN_LIMIT_CORES)
    say(`This machine is busy: other programs use ${beforeCores} cores. There will be no verdict.`)
  const during = await watch()
  return async () => {
    const duringCores = await during()
    return { beforeCores, duringCores, isBusy: Math.max(beforeCores, duringCores) > FOREIGN_LIMIT_CORES }
  }
}
