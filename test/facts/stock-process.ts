import { fork, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
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

export type StockEvent =
  | { event: 'qr'; qr: string }
  | { event: 'open' }
  | { event: 'close'; code: number | null }
  | { event: 'sent'; id: string }
  | { event: 'not-sent'; error: string }
  | { event: 'persisted'; id: string; text: string }

interface Events {
  told: [StockEvent]
}

const PROGRAM = fileURLToPath(new URL('./stock-client.ts', import.meta.url))

/** One life of the stock client: it ends when it is killed, or with the process that started it. */
export class StockProcess extends EventEmitter<Events> {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>

  constructor(setup: StockSetup) {
    super()
    this.#child = fork(PROGRAM, [JSON.stringify(setup)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#ended = once(this.#child, 'exit')
    this.#child.on('message', (told) => this.emit('told', told as StockEvent))
    // A command to a process that was killed a moment ago.
    this.#child.on('error', () => undefined)
  }

  command(command: StockCommand): void {
    this.#child.send(command)
  }

  /** SIGKILL, at once. */
  strike(): void {
    this.#child.kill('SIGKILL')
  }

  async end(): Promise<void> {
    this.strike()
    await this.#ended
  }

  hears<Kind extends StockEvent['event']>(kind: Kind): Promise<Extract<StockEvent, { event: Kind }>> {
    return new Promise((resolve) => {
      const hear = (told: StockEvent): void => {
        if (told.event !== kind) return
        this.off('told', hear)
        resolve(told as Extract<StockEvent, { event: Kind }>)
      }
      this.on('told', hear)
    })
  }
}
