import { constants, type Http2Server, type Http2ServerRequest, type ServerHttp2Session } from 'node:http2'
import type { Clock } from '@holdfast/core/platform/ports'

interface Limits {
  readonly clock: Clock
  /** Time until the first request of a connection. */
  readonly headersWithinMs: number
  /** Time without a byte after which a connection is ended. */
  readonly idleWithinMs: number
}

/** Keeps the connections of HTTP/2 within limits of time, which Node's server has for HTTP/1.1 only. */
export class Http2Sessions {
  readonly #clock: Clock
  readonly #open = new Set<ServerHttp2Session>()

  constructor(server: Http2Server, { clock, headersWithinMs, idleWithinMs }: Limits) {
    this.#clock = clock
    server.on('session', (session) => {
      this.#open.add(session)
      const cancel = clock.after(headersWithinMs, () => session.destroy(), 'deadline')
      session.once('stream', cancel)
      session.setTimeout(idleWithinMs, () => session.destroy())
      // A client that breaks the protocol or goes away ends its own session only.
      session.on('error', () => {})
      session.once('close', () => {
        cancel()
        this.#open.delete(session)
      })
    })
  }

  /** Ends a request that has not arrived whole within the time. */
  limit({ stream }: Http2ServerRequest, withinMs: number): void {
    if (stream.endAfterHeaders) return
    const cancel = this.#clock.after(withinMs, () => stream.close(constants.NGHTTP2_CANCEL), 'deadline')
    stream.once('end', cancel).once('close', cancel)
  }

  /** Tells each client to open no new stream. A session ends behind its last one. */
  close(): void {
    for (const session of this.#open) session.close()
  }

  destroy(): void {
    for (const session of this.#open) session.destroy()
  }
}
