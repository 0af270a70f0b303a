import { CloudTasksClient } from '@google-cloud/tasks'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MovableClock } from '../../clock/movable-clock.ts'
import { clockEnvironment, plainEnvironment } from '../../environment.ts'
import { freePort } from '../../ports.ts'
import { SupervisedProcess } from '../../processes.ts'
import { clientAt } from './client.ts'

// The client looks for a cloud's metadata server otherwise.
process.env['METADATA_SERVER_DETECTION'] = 'none'

export interface TasksUnderTest {
  readonly real: boolean
  readonly client: CloudTasksClient
  /** projects/P/locations/L */
  readonly location: string
  /** A queue that nobody else uses. */
  readonly queue: string
  close(): Promise<void>
}

/**
 * The real service where HOLDFAST_CONTRACT_TASKS names a place of it (`projects/P/locations/L`) in which the default credentials may
 * make queues, else a server of the sandbox in a fresh folder.
 */
export async function openTasks(): Promise<TasksUnderTest> {
  const real = process.env['HOLDFAST_CONTRACT_TASKS']
  // Whoever gives the name can remove what a killed test leaves.
  const id = process.env['HOLDFAST_CONTRACT_QUEUE'] ?? `contract-${randomUUID()}`
  if (real) {
    const standIn = process.env['CLOUD_TASKS_EMULATOR_HOST']
    const client = standIn ? clientAt(standIn, real.split('/')[1] ?? '') : new CloudTasksClient()
    const queue = `${real}/queues/${id}`
    const close = async () => {
      await client.deleteQueue({ name: queue }).catch(() => {})
      await client.close()
    }
    return { real: true, client, location: real, queue, close }
  }
  const server = await TasksServer.start()
  const location = server.location
  return { real: false, client: server.client, location, queue: `${location}/queues/${id}`, close: () => server.remove() }
}

/** The stand-in in a process of its own, in a fresh folder, with a clock that moves. */
export class TasksServer {
  readonly process: SupervisedProcess
  readonly client: CloudTasksClient
  /** host:port */
  readonly address: string
  readonly location = 'projects/demo-contract/locations/us-central1'
  readonly #folder: string
  readonly #clock: MovableClock

  private constructor(parts: { folder: string; clock: MovableClock; process: SupervisedProcess; port: number }) {
    this.#folder = parts.folder
    this.#clock = parts.clock
    this.process = parts.process
    this.address = `127.0.0.1:${parts.port}`
    this.client = clientAt(this.address, 'demo-contract')
  }

  static async start(): Promise<TasksServer> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-tasks-'))
    const clock = new MovableClock(join(folder, 'clock'))
    const port = await freePort()
    const process = new SupervisedProcess({
      name: 'tasks',
      entry: fileURLToPath(new URL('./main.ts', import.meta.url)),
      args: ['--port', String(port), '--data', join(folder, 'data')],
      preloads: [MovableClock.preload],
      env: { ...plainEnvironment(), ...clockEnvironment(clock.file) },
      log: join(folder, 'log'),
      whenItDies: 'restart',
      ready: 'line',
    })
    await process.start()
    return new TasksServer({ folder, clock, process, port })
  }

  /** Kills the process, and waits until the next one is ready. */
  async crash(): Promise<void> {
    const ready = once(this.process, 'ready')
    this.process.kill()
    await ready
  }

  async advanceHours(hours: number): Promise<void> {
    await this.#clock.advance({ hours }, [this.process])
  }

  get now(): number {
    return Date.now() + this.#clock.aheadMs
  }

  async remove(): Promise<void> {
    await this.client.close()
    await this.process.close()
    await rm(this.#folder, { recursive: true })
  }
}

interface ReceivedCall {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly at: number
}

/** An HTTP server that takes what a queue delivers. */
export class Receiver {
  readonly calls: ReceivedCall[] = []
  /** The status of the answer to a call; a promise delays the answer. */
  answer: (call: ReceivedCall) => number | Promise<number> = () => 200
  readonly #server = createServer((request, response) => void this.#take(request, response))

  static async start(): Promise<Receiver> {
    const receiver = new Receiver()
    receiver.#server.listen(0, '127.0.0.1')
    await once(receiver.#server, 'listening')
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await request.toArray()).join('')
    const { method = '', url: path = '', headers } = request
    const call = { method, path, headers, body, at: performance.now() }
    this.calls.push(call)
    response.writeHead(await this.answer(call)).end()
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
