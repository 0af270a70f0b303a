import { randomInt } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ApiClient } from '../../support/api-client.ts'
import { EventReader } from '../../support/event-reader.ts'
import { requestJson } from '../../support/json-request.ts'
import { SimulatorClient } from '../../support/simulator-client.ts'
import type { Exit, SupervisedProcess } from '../../../sandbox/processes.ts'
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.ts'
import { ARM, GO, TRACE_VARIABLE, type Order } from './orders.ts'
import { Stored } from './stored.ts'
import { Trace } from './trace.ts'

/** They all count as processes of one container, so that the next one need not wait until the last one counts as dead. */
const INSTANCE = 'crashpoints'
/** One runs; the other has loaded everything and waits. */
const RUNNERS = 2
/** A process that is struck again and again looks like one that crashes; nobody is to be suspected, or to wait, for it. */
const STRIKES_ARE_OURS = { CRASH_LOOP_AFTER: '1000000', RESTART_PAUSE_LIMIT_MS: '0', CONNECTS_PER_SECOND: '1000' }
/** What is not answered by then is given up by the product; less than in the cloud, where nobody waits for it. */
const IMPATIENCE = { SEND_ACK_TIMEOUT_MS: '2000' }

/** The API is no part of what is broken here; that the machine is busy says nothing. */
const PATIENCE = { answerLimitMs: 60_000, patienceMs: 60_000 }

/** The world of one scenario: Google, WhatsApp, the API, and runners of which one works. */
export class Stage implements AsyncDisposable {
  readonly sandbox: Sandbox
  readonly api: ApiClient
  readonly simulator: SimulatorClient
  readonly stored: Stored
  readonly trace: Trace
  /** Ids of messages that the service has acknowledged. */
  readonly acked = new Set<string>()
  readonly exits: Exit[] = []
  /** Of the process in which something is to happen. */
  armedPid = 0
  readonly #events: EventReader
  readonly #folder: string
  #active: SupervisedProcess | null = null
  #pid = 0

  private constructor(sandbox: Sandbox, events: EventReader, trace: Trace, folder: string) {
    const { info } = sandbox
    this.sandbox = sandbox
    this.api = new ApiClient({ url: info.api ?? '', apiKey: info.apiKey, ...PATIENCE })
    this.simulator = new SimulatorClient(info.simulator ?? '')
    this.stored = new Stored(info.firestore, info.project)
    this.trace = trace
    this.#events = events
    this.#folder = folder
    events.on(({ type, id, error }) => type === 'acked' && id !== undefined && error === undefined && this.acked.add(id))
    for (const runner of sandbox.runners()) runner.on('exited', (exit) => this.exits.push(exit))
  }

  static async open(runnerEnv: Record<string, string> = {}): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-crashpoints-'))
    const path = join(folder, 'trace')
    const trace = await Trace.open(path)
    const preload = new URL('./runner-preload.ts', import.meta.url).href
    // Processes are started by the hundred, and most of a start is compiling.
    const compiled = { NODE_COMPILE_CACHE: join(tmpdir(), 'holdfast-crashpoints-compiled') }
    const own = { ...compiled, INSTANCE_ID: INSTANCE, [TRACE_VARIABLE]: path, NODE_OPTIONS: `--import=${preload}` }
    try {
      const env = { ...STRIKES_ARE_OURS, ...IMPATIENCE, ...own, ...runnerEnv }
      const sandbox = await startSandbox({ runners: RUNNERS, runnerEnv: env })
      return new Stage(sandbox, await EventReader.open(sandbox.info.simulator ?? ''), trace, folder)
    } catch (error) {
      await trace[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#events.close()
    await Promise.all(this.sandbox.runners().map((runner) => runner.stop('SIGKILL')))
    await this.sandbox.stop()
    await this.trace[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true })
  }

  /** Of the process that works, or of the last one that did. */
  get pid(): number {
    return this.#pid
  }

  /** Lets the next process work, and tells it what is to happen in it. */
  async go(order: Order | null): Promise<void> {
    const waiting = this.sandbox.runners().filter((runner) => runner !== this.#active)
    const runner = waiting.find(({ pid }) => pid !== null) ?? waiting[0]
    if (!runner) throw new Error('There is no runner that waits.')
    this.#pid = await this.#tell(runner, GO, order)
    this.#active = runner
  }

  /** Tells the process that works what is to happen in it. */
  async arm(order: Order | null): Promise<void> {
    if (!this.#active || this.isGone(this.#pid)) throw new Error(`The process ${this.#pid} has ended before it was struck.`)
    await this.#tell(this.#active, ARM, order)
  }

  /** Resolves with the process's id when it counts. */
  async #tell(runner: SupervisedProcess, word: string, order: Order | null): Promise<number> {
    for (;;) {
      const pid = await runner.ask(`${word}${JSON.stringify(order)}`)
      if (typeof pid === 'number') {
        while (!(await this.trace.hasBegun(pid)) && !this.isGone(pid)) await pause(5)
        return pid
      }
      // It is being started.
      await pause(20)
    }
  }

  /** Resolves when the process that works has ended. */
  async strike(signal: NodeJS.Signals): Promise<void> {
    process.kill(this.#pid, signal)
    await this.untilGone(this.#pid)
  }

  /** Lets another process go on where the one that worked has ended. */
  async keepGoing(): Promise<void> {
    if (this.#active === null || this.isGone(this.#pid)) await this.go(null)
  }

  isGone(pid: number): boolean {
    return this.exits.some((exit) => exit.pid === pid)
  }

  async untilGone(pid: number): Promise<void> {
    while (!this.isGone(pid)) await pause(10)
  }

  /** To the simulator. */
  async post(path: string, json: unknown): Promise<void> {
    await requestJson(`${this.simulator.url}${path}`, { method: 'POST', json })
  }

  /** The last lines of what the runners said. */
  async lastWords(lines: number): Promise<string> {
    const folder = join(this.sandbox.folder, 'logs')
    const names = (await readdir(folder)).filter((name) => name.startsWith('runner'))
    const said = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
    const all = said.flatMap((text) => text.split('\n').filter((line) => line.includes('"time"')))
    const timeOf = (line: string) => String(/"time":"?([^",}]+)/.exec(line)?.[1])
    return all
      .toSorted((a, b) => timeOf(a).localeCompare(timeOf(b)))
      .slice(-lines)
      .join('\n')
  }
}

export const newPhone = (): string => `5511${randomInt(100_000_000, 999_999_999)}`
