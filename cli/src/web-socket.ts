import { Failure } from './failure.ts'
import { EXIT } from './exit-codes.ts'
import type { Feed } from './host.ts'

/** Node's own WebSocket takes headers, so that the key stays out of the address; the type of browsers does not know that. */
type Connect = new (url: string, options: { headers: Record<string, string> }) => WebSocket

/** Opens a stream of events. @throws Failure when the server makes no WebSocket of it */
export async function openWebSocket(url: string, headers: Record<string, string>): Promise<Feed> {
  const socket = new (WebSocket as unknown as Connect)(url, { headers })
  const waiting: (string | null)[] = []
  let wake = (): void => {}
  const put = (message: string | null): void => {
    waiting.push(message)
    wake()
  }
  socket.addEventListener('message', ({ data }) => put(String(data)))
  const opened = Promise.withResolvers<void>()
  socket.addEventListener('open', () => opened.resolve())
  socket.addEventListener('error', () =>
    opened.reject(new Failure('The server opens no stream of events.', { exitCode: EXIT.away })),
  )
  socket.addEventListener('close', () => {
    opened.reject(new Failure('The server ended the stream of events.', { exitCode: EXIT.away }))
    put(null)
  })
  await opened.promise
  return { messages: read(), close: () => socket.close() }

  async function* read(): AsyncGenerator<string> {
    for (;;) {
      const message = waiting.shift()
      if (message === null) return
      if (message !== undefined) yield message
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  }
}
