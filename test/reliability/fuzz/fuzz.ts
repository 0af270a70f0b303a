import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Broken, Case } from './attempts.ts'
import type { Word } from './fuzzing-process.ts'

const program = fileURLToPath(new URL('./fuzzing-process.ts', import.meta.url))
const exitWithParent = new URL('../../../sandbox/exit-with-parent.ts', import.meta.url).href

/** The time after which a case counts as hung. */
const HANGS_AFTER_MS = 60_000

/** The time limit for opening the targets, which starts an emulator. */
const OPENS_WITHIN_MS = 180_000

/** The time limit for a single case of each target. */
const ONE_CASE_SECONDS = 3600

export interface FuzzOptions {
  readonly seed: number
  readonly seconds: number
  /** The names of targets; all when the list is empty. */
  readonly only: readonly string[]
  /** The index of a single case of each target; null runs cases until the time is over. */
  readonly index: number | null
  /** The most cases of each target. */
  readonly rounds?: number
  readonly onBroken: (broken: Broken) => void
}

export interface FuzzResult {
  /** The number of inputs of each target. */
  readonly cases: Readonly<Record<string, number>>
  readonly broken: readonly Broken[]
}

/** Runs cases until the time is over. A case that ends or hangs its process is broken, and a new process continues behind it. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { seed, seconds, only, index, rounds = Number.MAX_SAFE_INTEGER, onBroken } = options
  const cases: Record<string, number> = {}
  const broken: Broken[] = []
  const tell = (one: Broken): void => {
    broken.push(one)
    onBroken(one)
  }
  // The time starts with the first case, so opening the targets does not count.
  let untilMs: number | null = null
  const to = index === null ? rounds : index + 1
  for (let from = index ?? 0; from < to;) {
    const left = index !== null ? ONE_CASE_SECONDS : untilMs === null ? seconds : Math.max(0, untilMs - Date.now()) / 1000
    const end = await runProcess([seed, from, to, left, ...only].map(String), cases, tell)
    untilMs ??= end.beganAtMs + seconds * 1000
    if (end.isDone) break
    if (!end.during) throw new Error(`The fuzzing process ${end.how} before its first case.`)
    tell({ ...end.during, what: `the process ${end.how}` })
    from = end.during.index + 1
  }
  return { cases, broken }
}

interface End {
  readonly isDone: boolean
  readonly beganAtMs: number
  readonly during: Case | null
  readonly how: string
}

async function runProcess(args: string[], cases: Record<string, number>, tell: (broken: Broken) => void): Promise<End> {
  const child = fork(program, args, { execArgv: ['--import', exitWithParent], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const exited = once(child, 'exit')
  let during: Case | null = null
  let isDone = false
  let hung = false
  let beganAtMs = 0
  const watch = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      hung = true
      child.kill('SIGKILL')
    }, ms)
  let watchdog = watch(OPENS_WITHIN_MS)
  child.on('message', (word: Word) => {
    clearTimeout(watchdog)
    watchdog = watch(HANGS_AFTER_MS)
    if ('begins' in word) {
      beganAtMs ||= Date.now()
      during = word.begins
      cases[during.target] = (cases[during.target] ?? 0) + 1
    } else if ('broken' in word) tell(word.broken)
    else isDone = true
  })
  const [code, signal] = (await exited) as [number | null, string | null]
  clearTimeout(watchdog)
  return { isDone, beganAtMs, during, how: hung ? 'did not come to an end' : `ended (${signal ?? code})` }
}
