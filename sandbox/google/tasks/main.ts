import { parseArgs } from 'node:util'
import { ServerCredentials } from '@grpc/grpc-js'
import { clockMoves } from '../../clock-moves.ts'
import { answerParent } from '../../parent-channel.ts'
import type { Faults } from './faults.ts'
import type { QueueSettings } from './queue-settings.ts'
import { createTasksServer } from './server.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, data: { type: 'string' } } })
if (values.data === undefined) throw new Error('Usage: main.ts --data FOLDER [--port N]')

const { server, queues, dispatcher } = await createTasksServer(values.data)

clockMoves.on('moved', () => dispatcher.wake())
answerParent('faults', (faults) => {
  dispatcher.faults = faults as Faults
})
// Makes or changes queues, as a deployment of functions does. Settings by full names of queues.
answerParent('queues', async (wanted) => {
  for (const [name, settings] of Object.entries(wanted as Record<string, Partial<QueueSettings>>))
    await queues.update(name, settings)
  dispatcher.wake()
})

server.bindAsync(`127.0.0.1:${values.port}`, ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error
  console.log(JSON.stringify({ ready: true, port }))
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    dispatcher.close()
    server.tryShutdown(() => void queues.close().then(() => process.exit(0)))
    // Finishes calls under way and does not wait for idle connections.
    setTimeout(() => server.forceShutdown(), 500)
  })
}
