import { parseArgs } from 'node:util'
import { createStorageServer } from './server.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, data: { type: 'string' } } })
if (values.data === undefined) throw new Error('Usage: main.ts --data FOLDER [--port N]')

const server = await createStorageServer(values.data)
// Keeps connections open as the service does, so that a client never meets one that closes under its request.
server.keepAliveTimeout = 600_000
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.')
  console.log(JSON.stringify({ ready: true, port: address.port }))
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    server.close(() => process.exit(0))
    // Finishes requests under way and does not wait for idle connections.
    setTimeout(() => server.closeAllConnections(), 500)
  })
}
