import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * The core on which whatever is compared runs, in turns: the last one that this process may use. Null where there is but one, or no `taskset`.
 * The stand-ins and this process take what is left, and so a process that has its core for itself is not moved about.
 */
export function coreOfContestants(): number | null {
  const allowed = /^Cpus_allowed_list:\s*(.+)$/m.exec(readStatus())?.[1] ?? ''
  const cores = allowed.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
  const last = cores.at(-1)
  return cores.length > 1 && last !== undefined && spawnSync('taskset', ['--version']).status === 0 ? last : null
}

function readStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    // Only Linux has it.
    return ''
  }
}

/** Keeps a process with all of its threads on a core. */
export function pin(pid: number, core: number): void {
  const { status, stderr } = spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)])
  if (status !== 0) throw new Error(`The process ${pid} could not be kept on core ${core}: ${String(stderr)}`)
}
