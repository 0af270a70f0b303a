import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'
import type { ClientRequest } from 'node:http'
import type { ClientHttp2Stream } from 'node:http2'

/** The header of requests that the test passes on from one process to another, as Google would. */
export const PASSED_ON = 'x-passed-on'

/**
 * A preload: writes down every request that a process sends, whatever client sends it. `RECORD_CALLS_AS` is the name of the process,
 * `RECORD_CALLS_TO` the file. What the test itself passes on is left out.
 */
const { RECORD_CALLS_AS: name = '', RECORD_CALLS_TO: file = '' } = process.env

const note = (call: object): void => {
  if (name !== '') appendFileSync(file, `${JSON.stringify({ process: name, ...call })}\n`)
}

/** gRPC. Only the bodies of commits and tasks tell what is done, and Firestore's connections have no compression. */
subscribe('http2.client.stream.created', (message) => {
  const { stream, headers } = message as { stream: ClientHttp2Stream; headers: Record<string, string> }
  const { ':path': path = '', ':authority': host } = headers
  if (!/\/(Commit|CreateTask)$/.test(path)) return note({ method: 'GRPC', path, host })
  const chunks: Buffer[] = []
  const write = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean
  stream.write = (...args: readonly unknown[]) => {
    if (Buffer.isBuffer(args[0])) chunks.push(args[0])
    return write(...args)
  }
  stream.once('close', () => note({ method: 'GRPC', path, host, body: Buffer.concat(chunks).toString('base64') }))
})

subscribe('http.client.request.start', (message) => {
  const { request } = message as { request: ClientRequest }
  const { method, path } = request
  if (request.hasHeader(PASSED_ON)) return
  note({ method, path, host: request.getHeader('host') })
})

subscribe('undici:request:create', (message) => {
  const { method, path, origin } = (message as { request: { method: string; path: string; origin: string } }).request
  note({ method, path, host: new URL(origin).host })
})
