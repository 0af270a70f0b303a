import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'
import type { ClientHttp2Stream } from 'node:http2'

/**
 * A preload: writes down every request that a process sends, whatever client sends it. `RECORD_CALLS_AS` is the account that the process
 * would run as, `RECORD_CALLS_TO` the file.
 */
const { RECORD_CALLS_AS: account = '', RECORD_CALLS_TO: file = '' } = process.env

const note = (call: object): void => {
  if (account !== '') appendFileSync(file, `${JSON.stringify({ account, ...call })}\n`)
}

/** gRPC. Only the bodies of commits tell what is done, and Firestore's connections have no compression. */
subscribe('http2.client.stream.created', (message) => {
  const { stream, headers } = message as { stream: ClientHttp2Stream; headers: Record<string, string> }
  const path = headers[':path'] ?? ''
  if (!path.endsWith('/Commit')) return note({ method: 'GRPC', path })
  const chunks: Buffer[] = []
  const write = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean
  stream.write = (...args: readonly unknown[]) => {
    if (Buffer.isBuffer(args[0])) chunks.push(args[0])
    return write(...args)
  }
  stream.once('close', () => note({ method: 'GRPC', path, body: Buffer.concat(chunks).toString('base64') }))
})

subscribe('http.client.request.start', (message) => {
  const { method, path, host } = (message as { request: { method: string; path: string; host: string } }).request
  note({ method, path, host })
})

subscribe('undici:request:create', (message) => {
  const { method, path, origin } = (message as { request: { method: string; path: string; origin: string } }).request
  note({ method, path, host: origin })
})
