import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { z } from 'zod'

/**
 * PERSISTED CONTRACT v1: the content of `_store/lock/{number}.lock`: what identifies the process that works on the directory. Fields are
 * null where the system does not say.
 */
export const lockOwnerSchema = z.object({
  v: z.literal(1),
  runnerId: z.string(),
  host: z.string(),
  pid: z.number().int().positive(),
  /** Start of the process, in clock ticks since the machine started, because process numbers are used again. */
  startedAtTicks: z.string().nullable(),
  /** Changes with each start of the machine. */
  bootId: z.string().nullable(),
  /** The namespace in which the process number is valid. Containers have their own. */
  pidNamespace: z.string().nullable(),
  /** ISO 8601. For people. */
  since: z.string(),
})

export type LockOwner = z.infer<typeof lockOwnerSchema>

/** Describes this process. */
export async function describeSelf(runnerId: string, since: Date): Promise<LockOwner> {
  return {
    v: 1,
    runnerId,
    host: hostname(),
    pid: process.pid,
    startedAtTicks: await startedAtTicks(process.pid),
    bootId: await orNull(readFile('/proc/sys/kernel/random/boot_id', 'utf8').then((text) => text.trim())),
    pidNamespace: await orNull(readlink('/proc/self/ns/pid')),
    since: since.toISOString(),
  }
}

/** Start of a process of this machine; null when no process has this number, or when it has ended and is not reaped yet. */
export async function startedAtTicks(pid: number): Promise<string | null> {
  const stat = await orNull(readFile(`/proc/${pid}/stat`, 'utf8'))
  if (stat === null) return null
  // The program's name, in brackets, may contain any character.
  const [state, ...fields] = stat
    .slice(stat.lastIndexOf(')') + 1)
    .trim()
    .split(' ')
  return state === 'Z' || state === 'X' ? null : (fields[18] ?? null)
}

/**
 * Judges whether the owner of a lock still lives, never by a clock. Where the machine's table of processes cannot tell, the answer is
 * `unknown`, and the caller has to watch whether the lock is touched.
 *
 * @param runningTicks when the process with the owner's number started, as this machine's table has it; null when there is none
 */
export function judgeOwner(owner: LockOwner, self: LockOwner, runningTicks: string | null): 'alive' | 'dead' | 'unknown' {
  if (owner.bootId === null || self.bootId === null) return 'unknown'
  if (owner.bootId !== self.bootId) return owner.host === self.host ? 'dead' : 'unknown'
  if (owner.pidNamespace === null || owner.pidNamespace !== self.pidNamespace) return 'unknown'
  return runningTicks !== null && runningTicks === owner.startedAtTicks ? 'alive' : 'dead'
}

async function orNull(work: Promise<string>): Promise<string | null> {
  try {
    return await work
  } catch {
    return null
  }
}
