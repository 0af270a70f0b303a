import { randomInt } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startParts, World, type WorldParts } from '../../support/world.ts'
import type { Exit, SupervisedProcess } from '../../../sandbox/processes.ts'
import { ARM, GO, TRACE_VARIABLE, type Order } from './orders.ts'
import { Stored } from './stored.ts'
import { Trace } from './trace.ts'

/** The instance id of all runners. Inside one container, the next runner claims without waiting for the old heartbeat. */
const INSTANCE = 'crashpoints'
/** One runner works, and the other has loaded its modules and waits. */
const RUNNERS = 2
/** Switches off crash-loop detection, restart pauses and dial pacing, because the repeated strikes look like crashes. */
const STRIKES_ARE_OURS = { CRASH_LOOP_AFTER: '1000000', RESTART_PAUSE_LIMIT_MS: '0', CONNECTS_PER_SECOND: '1000' }
/** Shortens the product's wait for acks, which is longer in production. */
const IMPATIENCE = { SEND_ACK_TIMEOUT_MS: '2000' }

/** While a scenario waits whose time passes fast, its clock goes on by this much at a time. */
const TIME_STEP = { seconds: 20, everyMs: 300 }

/** Long limits for the API, which is not struck here. A slow answer only shows that the machine is busy. */
const PATIENCE = { answerLimitMs: 60_000, patienceMs: 60_000 }

interface StageOptions {
  readonly runnerEnv?: Record<string, string>
  /** Whether the clock can be moved, by `letTimePass`. */
  readonly timePasses?: boolean
  /** Whether the scenario can move the clock. */
  readonly isClockMovable?: boolean
}

/** The sandbox of one scenario: the stand-ins for Google and WhatsApp, the API, and two runners, one of them working. */
export class Stage extends World {
  readonly stored: Stored
  readonly trace: Trace
  /** The ids of messages that the server has acknowledged. */
  readonly acked = new Set<string>()
  readonly exits: Exit[] = []
  /** The id of the process that got the order. */
  armedPid = 0
  readonly #folder: string
  readonly #timePasses: boolean
  #timePassedAt = 0
  #active: SupervisedProcess | null = null
  #pid = 0

  private constructor(parts: WorldParts, trace: Trace, folder: string, timePasses: boolean) {
    super(parts)
    const { info } = parts.sandbox
    this.stored = new Stored({ address: info.firestore, project: info.project, folder: parts.sandbox.folder })
    this.trace = trace
    this.#folder = folder
    this.#timePasses = timePasses
    this.events.on(({ type, id, error }) => type === 'acked' && id !== undefined && error === undefined && this.acked.add(id))
    for (const runner of this.sandbox.runners()) runner.on('exited', (exit) => this.exits.push(exit))
  }

  static async open({ runnerEnv = {}, timePasses = false, isClockMovable = timePasses }: StageOptions): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-crashpoints-'))
    const path = join(folder, 'trace')
    const trace = await Trace.open(path)
    const preload = new URL('./runner-preload.ts', import.meta.url).href
    // A run starts hundreds of processes, and compiling is most of a start.
    const compiled = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(tmpdir(), 'holdfast-crashpoints-compiled') }
    const own = { ...compiled, INSTANCE_ID: INSTANCE, [TRACE_VARIABLE]: path, NODE_OPTIONS: `--import=${preload}` }
    try {
      const env = { ...STRIKES_ARE_OURS, ...IMPATIENCE, ...own, ...runnerEnv }
      // Tests share their emulator with the scenarios that they run.
      const firestore = process.env['SHARED_FIRESTORE']
      const parts = await startParts({ runners: RUNNERS, runnerEnv: env, movableClock: isClockMovable, firestore }, PATIENCE)
      return new Stage(parts, trace, folder, timePasses)
    } catch (error) {
      await trace[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
      throw error
    }
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.sandbox.runners().map((runner) => runner.stop('SIGKILL')))
    await super[Symbol.asyncDispose]()
    await this.trace[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true })
  }

  /** The id of the working process, or of the last one. */
  get pid(): number {
    return this.#pid
  }

  /** Starts the waiting process with an order. */
  async go(order: Order | null): Promise<void> {
    const waiting = this.sandbox.runners().filter((runner) => runner !== this.#active)
    const runner = waiting.find(({ pid }) => pid !== null) ?? waiting[0]
    if (!runner) throw new Error('There is no waiting runner.')
    this.#pid = await this.#tell(runner, GO, order)
    this.#active = runner
  }

  /** Gives an order to the working process. */
  async arm(order: Order | null): Promise<void> {
    if (!this.#active || this.isGone(this.#pid)) throw new Error(`The process ${this.#pid} has ended before it was struck.`)
    await this.#tell(this.#active, ARM, order)
  }

  /** Sends an order. Resolves with the process's id when the process has begun to count. */
  async #tell(runner: SupervisedProcess, word: string, order: Order | null): Promise<number> {
    for (;;) {
      const pid = await runner.ask(`${word}${JSON.stringify(order)}`)
      if (typeof pid === 'number') {
        while (!(await this.trace.hasBegun(pid)) && !this.isGone(pid)) await pause(5)
        return pid
      }
      // The process is still starting.
      await pause(20)
    }
  }

  /** Signals the working process. Resolves when it has ended. */
  async strike(signal: NodeJS.Signals): Promise<void> {
    process.kill(this.#pid, signal)
    await this.untilGone(this.#pid)
  }

  /** Starts the next process if the working one has ended. */
  async keepGoing(): Promise<void> {
    if (this.#active === null || this.isGone(this.#pid)) await this.go(null)
  }

  /** Moves the clock on, if the scenario's time passes fast. Whoever waits for something calls this again and again. */
  async letTimePass(): Promise<void> {
    if (!this.#timePasses || performance.now() - this.#timePassedAt < TIME_STEP.everyMs) return
    this.#timePassedAt = performance.now()
    await this.sandbox.advanceClock({ seconds: TIME_STEP.seconds })
  }

  isGone(pid: number): boolean {
    return this.exits.some((exit) => exit.pid === pid)
  }

  async untilGone(pid: number): Promise<void> {
    while (!this.isGone(pid)) await pause(10)
  }

  /** Returns the last lines of the runners' logs. */
  async lastWords(lines: number): Promise<string> {
    const folder = join(this.sandbox.folder, 'logs')
    const names = (await readdir(folder)).filter((name) => name.startsWith('runner'))
    const logs = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
    const all = logs.flatMap((text) => text.split('\n').filter((line) => line.includes('"time"')))
    const timeOf = (line: string) => String(/"time":"?([^",}]+)/.exec(line)?.[1])
    return all
      .toSorted((a, b) => timeOf(a).localeCompare(timeOf(b)))
      .slice(-lines)
      .join('\n')
  }
}

export const newPhone = (): string => `5511${randomInt(100_000_000, 999_999_999)}`
