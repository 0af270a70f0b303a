import { parseArgs } from 'node:util'
import { ServerCredentials } from '@grpc/grpc-js'
import { createLightFirestore } from './server.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, latency: { type: 'string', default: '0' } } })

const server = createLightFirestore(Number(values.latency))

server.bindAsync(`127.0.0.1:${values.port}`, ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error
  console.log(JSON.stringify({ ready: true, port }))
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))
