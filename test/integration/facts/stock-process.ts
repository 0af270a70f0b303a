import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface StockSetup {
  /** The simulator's WebSocket address. */
  url: string
  root: string
  authFolder: string
  deviceCache: string
  database: string
  /** Extra time of each key write in milliseconds. A command can change it. */
  diskMs: number
  /** Time that the application's database takes to answer, in milliseconds. */
  databaseMs: number
}

export type StockCommand = { to: string; text: string } | { diskMs: number }

/** What the process reports. Its other effects are visible in the simulator and in the application's database. */
export interface StockEvent {
  qr: string
}

const PROGRAM = fileURLToPath(new URL('./stock-client.ts', import.meta.url))

const MOST_LOOKS = 1000
const A_MOMENT = new Int32Array(new SharedArrayBuffer(4))

/** One process of the stock client. It ends when it is killed, or with its parent. */
export class StockProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>

  constructor(setup: StockSetup) {
    this.#child = fork(PROGRAM, [JSON.stringify(setup)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#ended = once(this.#child, 'exit')
    // A command to a process that was just killed fails, which does not matter.
    this.#child.on('error', () => undefined)
  }

  async firstCode(): Promise<string> {
    const [{ qr }] = (await once(this.#child, 'message')) as [StockEvent]
    return qr
  }

  command(command: StockCommand): void {
    this.#child.send(command)
  }

  /**
   * Kills the process with SIGKILL. With `isFit`, stops the process each millisecond to look, and kills it in the first fitting
   * one.
   */
  strike(isFit: () => boolean = () => true): void {
    for (let looks = 0; this.#child.kill('SIGSTOP') && !isFit() && looks < MOST_LOOKS; looks++) {
      this.#child.kill('SIGCONT')
      Atomics.wait(A_MOMENT, 0, 0, 1)
    }
    this.#child.kill('SIGKILL')
  }

  async end(): Promise<void> {
    this.strike()
    await this.#ended
  }
}
