import type { Socket } from 'node:net'

type Protocol = 'http/1.1' | 'http/2'

/** A client that knows that the server speaks HTTP/2 begins with this. No method of HTTP/1.1 begins so. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n')

/** Pure: tells the protocol by the first bytes of a connection. Null while both are possible. */
export function protocolOf(bytes: Uint8Array): Protocol | null {
  const length = Math.min(bytes.length, PREFACE.length)
  if (PREFACE.compare(bytes, 0, length, 0, length) !== 0) return 'http/1.1'
  return length === PREFACE.length ? 'http/2' : null
}

/**
 * Reads no more of a connection than tells its protocol, and puts that back. Says null when the connection ends before that, or is silent for too
 * long and is destroyed for it. Says so exactly once.
 */
export function firstBytes(socket: Socket, withinMs: number, say: (protocol: Protocol | null) => void): void {
  let bytes = Buffer.alloc(0)
  const decide = (protocol: Protocol | null): void => {
    socket.setTimeout(0)
    socket.off('readable', read).off('timeout', giveUp).off('error', giveUp).off('close', giveUp)
    say(protocol)
  }
  const giveUp = (): void => {
    decide(null)
    socket.on('error', () => {})
    socket.destroy()
  }
  const read = (): void => {
    const chunk = socket.read() as Buffer | null
    if (chunk === null) {
      if (socket.readableEnded) giveUp()
      return
    }
    bytes = Buffer.concat([bytes, chunk])
    const protocol = protocolOf(bytes)
    if (protocol === null) return
    socket.unshift(bytes)
    decide(protocol)
  }
  socket.setTimeout(withinMs)
  socket.on('readable', read).on('timeout', giveUp).on('error', giveUp).on('close', giveUp).on('end', giveUp)
}
