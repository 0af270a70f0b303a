import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { hostFunctions } from './host.ts'

const { values } = parseArgs({ options: { entry: { type: 'string' }, port: { type: 'string', default: '0' } } })
if (!values.entry) throw new Error('Usage: main.ts --entry FILE [--port N]')

const exports = (await import(pathToFileURL(resolve(values.entry)).href)) as Record<string, unknown>
const { app, ...host } = hostFunctions(exports)
if (host.mounted.length === 0) throw new Error(`${values.entry} exports no function.`)

const server = createServer(app)
// Keeps connections open as Google's front end does, so that a client never meets one that closes under its request.
server.keepAliveTimeout = 600_000
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.')
  console.log(JSON.stringify({ ready: true, port: address.port, ...host }))
})

// Finishes requests under way, as Cloud Run does.
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
