import { Agent } from 'node:https'
import { connect } from 'node:net'

/** Speaks in the clear to the host on this machine. */
export class InTheClear extends Agent {
  readonly #port: number

  constructor(port: number) {
    super()
    this.#port = port
  }

  override createConnection(): ReturnType<typeof connect> {
    return connect(this.#port, '127.0.0.1')
  }
}
