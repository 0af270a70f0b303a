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
export type StockEvent =
  | { qr: string }
  /** Baileys has done with a message to send: it failed, or its keys are stored, which is after it has left. */
  | { done: { to: string; text: string } }

const PROGRAM = fileURLToPath(new URL('./stock-client.ts', import.meta.url))

const MOST_LOOKS = 1000
const A_MOMENT = new Int32Array(new SharedArrayBuffer(4))

/** One process of the stock client. It ends when it is killed, or with its parent. */
export class StockProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  readonly #said = new Map<string, () => void>()

  constructor(setup: StockSetup) {
    this.#child = fork(PROGRAM, [JSON.stringify(setup)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#ended = once(this.#child, 'exit')
    // A command to a process that was just killed fails, which does not matter.
    this.#child.on('error', () => undefined)
    this.#child.on('message', (event: StockEvent) => {
      if ('done' in event) this.#said.get(`${event.done.to} ${event.done.text}`)?.()
    })
  }

  async firstCode(): Promise<string> {
    const [event] = (await once(this.#child, 'message')) as [StockEvent]
    if ('qr' in event) return event.qr
    throw new Error('The client sent before it was linked.')
  }

  /** Lets the client send a text, and waits until its keys are stored. A kill before that undoes steps of the ratchets. */
  async say(to: string, text: string): Promise<void> {
    const { promise: said, resolve } = Promise.withResolvers<void>()
    this.#said.set(`${to} ${text}`, resolve)
    this.command({ to, text })
    await Promise.race([said, this.#ended])
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
