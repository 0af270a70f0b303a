import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface StockSetup {
  /** Of the simulator. */
  url: string
  root: string
  authFolder: string
  deviceCache: string
  database: string
  /** How long each write of keys takes, beyond what the disk takes here. Can be changed by a command. */
  diskMs: number
  /** How far away the application's database is. */
  databaseMs: number
}

export type StockCommand = { to: string; text: string } | { diskMs: number }

/** All that is asked of it: what it does besides is seen by the service, and in the application's database. */
export interface StockEvent {
  qr: string
}

const PROGRAM = fileURLToPath(new URL('./stock-client.ts', import.meta.url))

const MOST_LOOKS = 1000
const A_MOMENT = new Int32Array(new SharedArrayBuffer(4))

/** One life of the stock client: it ends when it is killed, or with the process that started it. */
export class StockProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>

  constructor(setup: StockSetup) {
    this.#child = fork(PROGRAM, [JSON.stringify(setup)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#ended = once(this.#child, 'exit')
    // A command to a process that was killed a moment ago.
    this.#child.on('error', () => undefined)
  }

  async firstCode(): Promise<string> {
    const [{ qr }] = (await once(this.#child, 'message')) as [StockEvent]
    return qr
  }

  command(command: StockCommand): void {
    this.#child.send(command)
  }

  /** SIGKILL, at once; or, given a reason to wait, in the first millisecond in which it is fit for it. It is stopped to be looked at. */
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
