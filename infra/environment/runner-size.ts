/** What a runner needs for its sessions. Megabytes are MiB. Pure, with the figures of docs/COST.md. */

/** Resident memory of a session after traffic, as docs/COST.md has it. */
export const MEASURED_SESSION_MB = 8.6
/** Contacts, groups and backlogs of real accounts are larger than those that were measured. */
const RESERVE = 2
/** Resident memory of a runner that holds no session. */
const IDLE_RUNNER_MB = 210
/** The rest of a container is for buffers, code, and the share above which a runner hands its sessions over. */
const HEAP_MB_PER_GIB = 700

/** The GiB of a container that Cloud Run has. */
export const MEMORY_GIB = { least: 1, most: 32 } as const

export const CPUS = [1, 2, 4, 8] as const
type Cpus = (typeof CPUS)[number]

/** The most GiB, and the fewest, that Cloud Run gives to a container with so many CPUs. */
const GIB_OF_CPUS: Readonly<Record<Cpus, { readonly least: number; readonly most: number }>> = {
  1: { least: 1, most: 4 },
  2: { least: 1, most: 8 },
  4: { least: 2, most: 16 },
  8: { least: 4, most: 32 },
}

export interface RunnerSize {
  readonly cpu: Cpus
  readonly memoryGib: number
  readonly maxConnections: number
}

/** The heap of a runner in a container of this size, for Node's `--max-old-space-size`. */
export const heapMb = (memoryGib: number): number => memoryGib * HEAP_MB_PER_GIB

/**
 * V8's young generation in a runner, of which this is a third, for Node's `--max-semi-space-size`. Files on their way leave garbage there: with
 * V8's own limit the memory of a runner that sends a file of 20 MiB grows by as much (docs/COST.md).
 */
export const SEMI_SPACE_MB = 16

/** The sessions that a container of this size holds. */
export const mostSessions = (memoryGib: number): number =>
  Math.floor((heapMb(memoryGib) - IDLE_RUNNER_MB) / (MEASURED_SESSION_MB * RESERVE))

/** The smallest container that holds so many sessions. Null if none does. */
export function memoryFor(sessions: number): number | null {
  const gib = Math.ceil((sessions * MEASURED_SESSION_MB * RESERVE + IDLE_RUNNER_MB) / HEAP_MB_PER_GIB)
  return gib > MEMORY_GIB.most ? null : Math.max(gib, MEMORY_GIB.least)
}

/**
 * The fewest CPUs that Cloud Run gives with so much memory. A runner has no use for more: it computes on one, and 50 sessions of 100
 * messages a day keep that busy for a minute a day.
 */
export const cpusFor = (memoryGib: number): Cpus => CPUS.find((cpu) => memoryGib <= GIB_OF_CPUS[cpu].most) ?? 8

/** Fills in what an environment file leaves out. */
export function sizeOf(given: { cpu?: Cpus | undefined; memoryGib?: number | undefined; maxConnections: number }): RunnerSize {
  const { maxConnections } = given
  const memoryGib = given.memoryGib ?? memoryFor(maxConnections) ?? MEMORY_GIB.most
  return { maxConnections, memoryGib, cpu: given.cpu ?? cpusFor(memoryGib) }
}

export interface SizeProblem {
  readonly field: keyof RunnerSize
  readonly problem: string
}

/** Says why a runner of this size cannot hold its sessions, or why Cloud Run has none like it. */
export function problemsOfSize({ cpu, memoryGib, maxConnections }: RunnerSize): readonly SizeProblem[] {
  const problems: SizeProblem[] = []
  const enough = memoryFor(maxConnections)
  if (maxConnections > mostSessions(memoryGib)) {
    const advice = enough === null ? 'take more runners with fewer sessions each' : `they need ${enough} GiB`
    const problem = `${memoryGib} GiB hold ${mostSessions(memoryGib)} sessions, and not ${maxConnections}: ${advice}`
    problems.push({ field: 'memoryGib', problem })
  }
  const { least, most } = GIB_OF_CPUS[cpu]
  if (memoryGib < least || memoryGib > most) {
    problems.push({ field: 'cpu', problem: `Cloud Run gives ${cpu} CPU(s) ${least} to ${most} GiB, and not ${memoryGib}` })
  }
  return problems
}
