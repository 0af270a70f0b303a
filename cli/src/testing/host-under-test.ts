import type { Fetch } from '@holdfast/client/repeat'
import { systemNow } from '@holdfast/client/system-clock'
import type { Feed, Host } from '../host.ts'
import { runHoldfast } from '../program.ts'

/** What a test may decide of the host of a command. */
export interface HostOptions {
  readonly fetch?: Fetch
  readonly env?: Partial<Host['env']>
  /** Columns of the terminal. Null: the output is none. */
  readonly columns?: number | null
  readonly hasColours?: boolean
  /** The answers of the person, in turn. Without any, nobody can be asked. */
  readonly answers?: readonly (string | boolean | null)[]
  /** Standard input, where it is no terminal. */
  readonly input?: string
  /** The events that the stream gives; `refused` when there is none. */
  readonly feed?: readonly string[] | 'refused'
  readonly now?: () => number
  /** Called before each pause: a test moves the world there. */
  readonly onPause?: (interrupt: () => void, ms: number) => void | Promise<void>
}

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
  /** The questions that were asked. */
  readonly asked: readonly string[]
  readonly pauses: readonly number[]
}

const NO_API: Fetch = () =>
  Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) }))

/** Runs one command line in this process. No pause takes time. */
export async function holdfast(line: string | readonly string[], options: HostOptions = {}): Promise<Ran> {
  const { fetch = NO_API, columns = null, hasColours = false, answers, input = '', feed, now = systemNow, onPause } = options
  const left = [...(answers ?? [])]
  const asked: string[] = []
  const pauses: number[] = []
  const written = { out: '', err: '' }
  const interrupted = new AbortController()
  const answer = (question: string) => {
    asked.push(question)
    return Promise.resolve(left.shift() ?? null)
  }
  const sink = (name: keyof typeof written) => ({
    write: (text: string) => void (written[name] += text),
    isTerminal: columns !== null,
    columns,
    rows: columns === null ? null : 40,
    hasColours,
  })
  const host: Host = {
    stdout: sink('out'),
    stderr: sink('err'),
    stdin: { isTerminal: answers !== undefined, readAll: () => Promise.resolve(input) },
    questions: {
      confirm: async (question) => (await answer(question)) as boolean | null,
      text: async (question) => (await answer(question)) as string | null,
      secret: async (question) => (await answer(question)) as string | null,
    },
    env: {
      url: 'http://api.test',
      apiKey: 'the key',
      tenant: undefined,
      profile: undefined,
      configFile: '/nowhere/config.json',
      ...options.env,
    },
    fetch,
    openSocket: () =>
      feed === 'refused'
        ? Promise.reject(new Error('There is no WebSocket.'))
        : Promise.resolve(feedOf(feed ?? [], () => interrupted.abort(new Error('Interrupted.')))),
    clock: {
      now,
      async pause(ms, signal) {
        pauses.push(ms)
        await onPause?.(() => interrupted.abort(new Error('Interrupted.')), ms)
        signal?.throwIfAborted()
      },
    },
    newId: () => `id-${pauses.length}`,
    interrupted: interrupted.signal,
  }
  const words = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line
  const code = await runHoldfast(words, host)
  return { code, ...written, asked, pauses }
}

/** Gives the messages, and then the person presses Ctrl-C. */
function feedOf(messages: readonly string[], interrupt: () => void): Feed {
  async function* read() {
    yield* messages
    interrupt()
  }
  return { messages: read(), close: () => {} }
}
