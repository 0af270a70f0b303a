import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { openTraces } from '@holdfast/core/adapters/traces'
import { createLogger } from '@holdfast/core/platform/logging'
import { below, NO_TRACES, type Traces } from '@holdfast/core/platform/traces'
import { round } from './statistics.ts'

const MESSAGES = 2000
const WARM_UP = 2000
/** Beyond what a runner sends, and below what would be dropped. */
const AT_ONCE = 5
const PAUSE_MS = 20
/** A batch waits for two seconds. */
const LAST_BATCH_MS = 3000

const REQUEST = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

/**
 * Measures the CPU time that the spans of one message take in a runner: made and exported, and without a configuration. The end point
 * takes them in this process, so that its share counts, too.
 */
export async function measureTraces(): Promise<{ readonly cpuMicrosOn: number; readonly cpuMicrosOff: number }> {
  const server = createServer((request, response) => request.resume().on('end', () => response.end()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`
  const config = { url, headers: {}, ratio: 1, isCloudTrace: false, projectId: 'bench' }
  const process = { name: 'holdfast-runner', version: '0', id: 'bench', logger: createLogger('bench', 'warn') }
  const traces = await openTraces(config, process)
  try {
    await cpuMicros(traces, WARM_UP)
    return { cpuMicrosOn: await cpuMicros(traces, MESSAGES), cpuMicrosOff: await cpuMicros(NO_TRACES, MESSAGES) }
  } finally {
    await traces.close()
    server.closeAllConnections()
    server.close()
  }
}

async function cpuMicros(traces: Traces, messages: number): Promise<number> {
  const before = process.cpuUsage()
  for (let number = 0; number < messages; number++) {
    sendTraced(traces, number)
    if (number % AT_ONCE === 0) await pause(PAUSE_MS)
  }
  await pause(LAST_BATCH_MS)
  const { user, system } = process.cpuUsage(before)
  return round((user + system) / messages)
}

/** Makes the spans that a runner makes for one message which its recipient reads. */
function sendTraced(traces: Traces, number: number): void {
  const attributes = {
    'holdfast.job': 'e77fee4393c0398a8a9dfe6cb90cbd08c63a5829',
    'holdfast.message_id': '3EB02759D358040E8561FC',
    'holdfast.session': 'default.main',
    'holdfast.tenant': 'default',
    'holdfast.attempt': 1,
  }
  const send = below(traces, REQUEST, 'send', { kind: 'consumer', attributes })
  for (const name of ['record', 'frame', 'ack', 'record']) {
    const step = below(traces, send.traceparent, name, { attributes: { 'holdfast.status': 'sent' } })
    step.end({ attributes: { 'holdfast.record': number } })
  }
  send.end()
  for (const status of ['delivered', 'read']) {
    below(traces, REQUEST, 'receipt', { kind: 'consumer', attributes: { 'holdfast.status': status } }).end()
  }
}
