import { holdfast, type HostOptions, type Ran } from '@holdfast/cli/testing/host-under-test'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type ApiUnderTest, startApi } from '../api/api-under-test.ts'

/** The API in this process, and the command that talks to it. */
export interface CliWorld extends AsyncDisposable {
  readonly api: ApiUnderTest
  readonly fetch: (request: Request) => Promise<Response>
  readonly fetchOf: typeof fetchOf
  run(line: string | readonly string[], options?: HostOptions): Promise<Ran>
  /** Runs a command with `--json`, and returns its document. */
  json(line: string | readonly string[], options?: HostOptions): Promise<unknown>
}

export async function startCliWorld(): Promise<CliWorld> {
  const started = await startApi()
  const api = { ...started, ...started.with({ objects: new MemoryObjects() }) }
  const fetch = fetchOf(api)
  const run: CliWorld['run'] = (line, options = {}) => holdfast(line, { fetch, ...options })
  return {
    api,
    fetch,
    fetchOf,
    run,
    async json(line, options) {
      const words = typeof line === 'string' ? line.split(' ') : line
      const ran = await run([...words, '--json'], options)
      if (ran.out === '') throw new Error(`${words.join(' ')} printed nothing: ${ran.code} ${ran.err}`)
      return JSON.parse(ran.out)
    },
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  }
}

/** The API as the client calls it, without a port. */
const fetchOf =
  ({ call }: Pick<ApiUnderTest, 'call'>) =>
  async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url)
    const body = await request.text()
    // The operator's key of the API under test stands in for the one of the command.
    const given = [...request.headers].filter(([name]) => name !== 'x-api-key')
    const init = { method: request.method, headers: given, ...(body === '' ? {} : { body }) }
    const answer = await call(`${pathname}${search}`, init)
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
    return new Response(text === '' ? null : text, { status: answer.status, headers: answer.headers })
  }
