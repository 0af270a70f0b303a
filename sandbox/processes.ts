import { spawn, type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { isAnswer } from './parent-channel.ts'

const STOP_LIMIT_MS = 10_000
const SHORT_LIFE_MS = 1_000
const LONGEST_PAUSE_MS = 5_000
const START_LIMIT_MS = 90_000
const SILENT_START_MS = 3_000
const TAIL_LINES = 20

export interface ProcessOptions {
  name: string
  /** The JavaScript or TypeScript file that Node runs. */
  entry: string
  args?: string[]
  /** Of Node. */
  readonly flags?: readonly string[]
  /** Files to import before the entry. */
  preloads?: string[]
  env: Record<string, string>
  /** File to which the output is appended. */
  log: string
  /** What follows when the process ends unexpectedly. */
  whenItDies: 'restart' | 'leave'
  /**
   * When the process counts as ready. `line`: it prints a JSON line with `ready: true`. `alive`: it prints anything, or has lived
   * for three seconds.
   */
  ready: 'line' | 'alive'
  /** Time in milliseconds to become ready. 90 seconds by default, for machines that are busy with other work. */
  startLimitMs?: number
  /** Time in milliseconds to end after `stop()`. Ten seconds by default, as on Cloud Run. */
  stopLimitMs?: number
}

export interface Exit {
  pid: number
  code: number | null
  signal: NodeJS.Signals | null
  /** Whether `stop()` requested it. */
  expected: boolean
}

export type ReadyLine = Record<string, unknown>

interface Events {
  started: [pid: number]
  ready: [ReadyLine]
  exited: [Exit]
  printed: [line: string, pid: number]
}

const exitWithParent = new URL('./exit-with-parent.ts', import.meta.url).href

/**
 * Pure: returns the pause before a restart, in milliseconds. Only a process that dies repeatedly right after its start has a
 * pause.
 */
export const restartPauseMs = (shortLives: number): number =>
  shortLives < 2 ? 0 : Math.min(100 * 2 ** shortLives, LONGEST_PAUSE_MS)

/**
 * A child process that restarts when it dies, as a container on Cloud Run does. It ends with its parent, when the channel between
 * them closes. It has a process group of its own, so that Ctrl-C at the terminal reaches only the parent, which stops everything
 * in order.
 */
export class SupervisedProcess extends EventEmitter<Events> {
  readonly name: string
  readonly #options: ProcessOptions
  readonly #log: WriteStream
  #child: ChildProcess | null = null
  /** Whether the process should run. It has no child between a death and the restart. */
  #wanted = false
  /** True during the first start, when a death is an error to report instead of a reason to restart. */
  #starting = false
  #startedAt = 0
  #shortLives = 0
  #pause: NodeJS.Timeout | null = null
  #closed = false
  #questions = 0

  constructor(options: ProcessOptions) {
    super()
    this.name = options.name
    this.#options = options
    this.#log = createWriteStream(options.log, { flags: 'a' })
  }

  /** Null while the process does not run. */
  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  /**
   * Starts the process and resolves with its ready line. Rejects with the end of its output when it dies first or takes too long.
   */
  async start(): Promise<ReadyLine> {
    if (this.#closed) throw new Error(`${this.name} was stopped for good.`)
    if (this.#wanted) throw new Error(`${this.name} is already running.`)
    this.#wanted = true
    this.#starting = true
    this.#shortLives = 0
    try {
      return await this.#spawn()
    } catch (error) {
      // A process that is asked ends its own children, too.
      await this.stop()
      throw error
    } finally {
      this.#starting = false
    }
  }

  /**
   * Asks the process, which has to know the question. Undefined when it does not run, or ends before it answers. `about` is sent as
   * JSON.
   */
  async ask(question: string, about?: unknown): Promise<unknown> {
    const child = this.#child
    if (!child?.connected) return undefined
    const id = ++this.#questions
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const hear = (message: unknown) => isAnswer(message) && message.answers === id && resolve(message.value)
    const end = () => resolve(undefined)
    child.on('message', hear)
    child.once('exit', end)
    // A process that was just killed takes no message.
    child.send({ ask: question, id, about }, (error) => error && end())
    return await promise.finally(() => {
      child.off('message', hear)
      child.off('exit', end)
    })
  }

  /** Asks the process to end, waits, and kills it after its limit. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#wanted = false
    if (this.#pause) clearTimeout(this.#pause)
    const child = this.#child
    if (!child) return
    const exited = new Promise<void>((resolve) => this.once('exited', () => resolve()))
    const silent = new Promise<void>((resolve) => child.once('close', () => resolve()))
    child.kill(signal)
    // A process that was paused with SIGSTOP receives SIGTERM only after SIGCONT.
    child.kill('SIGCONT')
    const limit = setTimeout(() => child.kill('SIGKILL'), this.#options.stopLimitMs ?? STOP_LIMIT_MS)
    await exited
    clearTimeout(limit)
    // The last output may still arrive. A child that the process left behind may hold the output open, so the wait has a limit.
    await Promise.race([silent, pause(500, undefined, { ref: false })])
  }

  /** Kills the process from outside. `whenItDies` decides whether it restarts. Returns the pid. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error(`${this.name} is not running.`)
    process.kill(pid, signal)
    return pid
  }

  /** Stops the process for good and closes its log. */
  async close(): Promise<void> {
    this.#closed = true
    await this.stop()
    await new Promise<void>((resolve) => this.#log.end(resolve))
  }

  async #spawn(): Promise<ReadyLine> {
    const { entry, args = [], flags = [], preloads = [], env } = this.#options
    const imports = [exitWithParent, ...preloads].flatMap((file) => ['--import', file])
    const stdio = ['ignore', 'pipe', 'pipe', 'ipc'] as const
    const child = spawn(process.execPath, [...flags, ...imports, entry, ...args], { detached: true, env, stdio: [...stdio] })
    this.#child = child
    this.#startedAt = performance.now()
    child.once('exit', (code, signal) => this.#exited(child, code, signal))
    const ready = this.#untilReady(child)
    if (child.pid !== undefined) this.emit('started', child.pid)
    const line = await ready
    this.emit('ready', line)
    return line
  }

  async #untilReady(child: ChildProcess): Promise<ReadyLine> {
    const { promise, resolve, reject } = Promise.withResolvers<ReadyLine>()
    const tail: string[] = []
    const fail = (what: string) => reject(new Error([`${this.name} ${what}. ${this.#options.log}:`, ...tail].join('\n')))
    for (const output of [child.stdout, child.stderr]) {
      if (!output) continue
      this.#follow(output, (line) => {
        if (tail.push(line) > TAIL_LINES) tail.shift()
        if (child.pid !== undefined) this.emit('printed', line, child.pid)
      })
    }
    if (child.stdout) {
      createInterface(child.stdout).on('line', (text) => {
        const line = parseJson(text)
        if (this.#options.ready === 'alive' || line['ready'] === true) resolve(line)
      })
    }
    const limitMs = this.#options.ready === 'alive' ? SILENT_START_MS : (this.#options.startLimitMs ?? START_LIMIT_MS)
    const limit = setTimeout(
      () => (this.#options.ready === 'alive' ? resolve({}) : fail(`was not ready after ${limitMs} ms`)),
      limitMs,
    )
    child.once('error', (error) => fail(`could not be started (${error.message})`))
    // The event is `close` and not `exit`, because the last output may arrive after `exit`.
    child.once('close', (code, signal) => fail(`ended with ${signal ?? `code ${code}`} before it was ready`))
    return await promise.finally(() => clearTimeout(limit))
  }

  #follow(output: Readable, onLine: (line: string) => void): void {
    output.on('data', (chunk: Buffer) => this.#log.writableEnded || this.#log.write(chunk))
    createInterface(output).on('line', onLine)
  }

  #exited(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    this.#child = null
    const lived = performance.now() - this.#startedAt
    this.#shortLives = lived < SHORT_LIFE_MS ? this.#shortLives + 1 : 0
    this.emit('exited', { pid: child.pid ?? 0, code, signal, expected: !this.#wanted })
    if (!this.#wanted || this.#starting || this.#options.whenItDies === 'leave') return
    const pauseMs = restartPauseMs(this.#shortLives)
    // The log says why the process did not become ready, and its death leads here again.
    const restart = () => void this.#spawn().catch(() => {})
    if (pauseMs === 0) restart()
    else this.#pause = setTimeout(restart, pauseMs)
  }
}

function parseJson(line: string): ReadyLine {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as ReadyLine) : {}
  } catch {
    return {}
  }
}
