// Frames to one client, in order: usually at once, later under the faults `silence` and `latency`.
import type { WebSocket } from 'ws'
import type { Faults } from './faults.ts'

type Waiting = { due: number; go: () => void }

export class PacedSender {
  readonly #socket: WebSocket
  readonly #faults: Faults
  readonly #accountOf: () => string | undefined
  readonly #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(socket: WebSocket, faults: Faults, accountOf: () => string | undefined) {
    this.#socket = socket
    this.#faults = faults
    this.#accountOf = accountOf
  }

  send(bytes: Uint8Array): void {
    this.#push(this.#faults.takeLatency(this.#accountOf()), () => this.#socket.send(bytes))
  }

  /** Runs when everything before it has really left. */
  afterwards(go: () => void): void {
    this.#push(0, go)
  }

  /** Sends what is due. The end of a silence releases the held frames: the network healed and lost nothing. */
  pump(): void {
    clearTimeout(this.#timer)
    while (this.#waiting[0] && !this.#faults.isSilent(this.#accountOf())) {
      const wait = this.#waiting[0].due - Date.now()
      if (wait > 0) {
        this.#timer = setTimeout(() => this.pump(), wait)
        return
      }
      this.#waiting.shift()?.go()
    }
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#waiting.length = 0
  }

  #push(delay: number, go: () => void): void {
    const due = Math.max(Date.now() + delay, this.#waiting.at(-1)?.due ?? 0)
    if (this.#waiting.length === 0 && delay === 0 && !this.#faults.isSilent(this.#accountOf())) return go()
    this.#waiting.push({ due, go })
    this.pump()
  }
}
