import { spawn } from 'node:child_process'
import { type IncomingMessage, request as send, type ServerResponse } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { PASSED_ON } from './record-calls.ts'
import {
  alerts as notices,
  api,
  cleanup as cleaner,
  maintain as maintainer,
  retries as tasks,
  sweep as sweeper,
  webhooks as events,
} from '../../../functions/src/index.ts'

/**
 * The functions with a process for each, as they are deployed. The API runs in this one; a request to another function goes on to the
 * process of that function.
 */

const ONE = fileURLToPath(new URL('one-function.ts', import.meta.url))
const EXIT_WITH_PARENT = new URL('../../../sandbox/exit-with-parent.ts', import.meta.url).href

/** A request whose body was read before. */
type Request = IncomingMessage & { rawBody?: Buffer; originalUrl?: string }

interface Function {
  (request: never, response: never): unknown
  readonly __endpoint: { readonly serviceAccountEmail?: { toCEL(): string } }
}

/** `holdfast-tasks@…` is `tasks`. */
const accountOf = ({ __endpoint }: Function): string =>
  /^holdfast-(\w+)@/.exec(__endpoint.serviceAccountEmail?.toCEL() ?? '')?.[1] ?? ''

function separated(name: string, one: Function): Function {
  const port = start(name, accountOf(one))
  const handler = async (request: Request, response: ServerResponse) => {
    const { method, headers, originalUrl: path } = request
    const passed = send(
      { host: '127.0.0.1', port: await port, method, path, headers: { ...headers, [PASSED_ON]: 'yes' } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      },
    )
    passed.on('error', () => response.destroy())
    passed.end(request.rawBody)
  }
  return Object.assign(handler, { __endpoint: one.__endpoint })
}

/** Resolves with the port of the function's process. */
async function start(name: string, account: string): Promise<number> {
  const env = { ...process.env, RECORD_CALLS_AS: account, ONLY_FUNCTION: name }
  const child = spawn(process.execPath, ['--import', EXIT_WITH_PARENT, ONE], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  child.once('exit', (code) => reject(new Error(`${name} ended with ${code}.`)))
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    const ready = /^\{"port":(\d+)\}$/.exec(line)?.[1]
    if (ready === undefined) process.stdout.write(`${line}\n`)
    else resolve(Number(ready))
  })
  return await promise
}

const of = (name: string, one: unknown): Function => separated(name, one as Function)

export const alerts = of('alerts', notices)
export const cleanup = of('cleanup', cleaner)
export const maintain = of('maintain', maintainer)
export const retries = of('retries', tasks)
export const sweep = of('sweep', sweeper)
export const webhooks = of('webhooks', events)
export { api }
