import { parseArgs } from 'node:util'
import { ServerCredentials } from '@grpc/grpc-js'
import { createKmsServer } from './server.ts'

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, data: { type: 'string' }, key: { type: 'string' } },
})
if (values.data === undefined) throw new Error('Usage: main.ts --data FOLDER [--port N] [--key NAME]')

const server = await createKmsServer(values.data, values.key)

server.bindAsync(`127.0.0.1:${values.port}`, ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error
  console.log(JSON.stringify({ ready: true, port }))
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    server.tryShutdown(() => process.exit(0))
    // Finishes calls under way and does not wait for idle connections.
    setTimeout(() => server.forceShutdown(), 500)
  })
}
