import { setTimeout as pause } from 'node:timers/promises'
import type { Attempt } from '../../../support/api-client.ts'

export interface Answer {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- each caller knows the shape of its answer
  readonly body: any
}

interface PatientApiOptions {
  readonly url: string
  readonly apiKey: string
  readonly onAttempt: (attempt: Attempt) => void
}

interface Asked {
  readonly json?: unknown
  /** The key under which all attempts are one message. */
  readonly key?: string | undefined
  /** Whether a 404 is only "not yet". */
  readonly waits?: boolean
}

const ANSWER_LIMIT_MS = 60_000
const PATIENCE_MS = 300_000
const AGAIN_AFTER_MS = 500

/** Asks again until there is an answer below 500, as the program of a patient customer does. */
export class PatientApi {
  readonly #options: PatientApiOptions

  constructor(options: PatientApiOptions) {
    this.#options = options
  }

  async ask(method: string, path: string, { json, key, waits = false }: Asked = {}): Promise<Answer> {
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      const answer = await this.#once(method, path, { json, key }, waits).catch(() => null)
      const isFinal = answer !== null && answer.status < 500 && !(waits && answer.status === 404)
      if (isFinal) return answer
      if (performance.now() > deadline) throw new Error(`${method} ${path} has no answer: ${answer?.status ?? 'none'}`)
      await pause(AGAIN_AFTER_MS)
    }
  }

  /** @throws Error when the answer is a refusal */
  async done(method: string, path: string, asked: Asked = {}): Promise<Answer['body']> {
    const { status, body } = await this.ask(method, path, asked)
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`)
    return body
  }

  /** The bytes of a file that the API names by its whole address. */
  async bytes(address: string): Promise<Uint8Array | string> {
    const { url, apiKey } = this.#options
    const { pathname } = new URL(address)
    const response = await fetch(`${url}${pathname}`, {
      headers: { 'X-Api-Key': apiKey },
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    })
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : `${response.status} ${await response.text()}`
  }

  async #once(method: string, path: string, { json, key }: Asked, waits: boolean): Promise<Answer> {
    const { url, apiKey, onAttempt } = this.#options
    const what = `${method} ${path}`
    const askedAt = performance.now()
    const tell = (status: number | null, retryAfter: string | null, trouble: string | null) =>
      onAttempt({ what, status, retryAfter, tookMs: performance.now() - askedAt, trouble })
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          'X-Api-Key': apiKey,
          ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(key === undefined ? {} : { 'Idempotency-Key': key }),
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      })
      const text = await response.text()
      if (!waits || response.status !== 404)
        tell(response.status, response.headers.get('retry-after'), response.ok ? null : `${response.status} ${text}`)
      return { status: response.status, body: text === '' ? null : JSON.parse(text) }
    } catch (error) {
      tell(null, null, error instanceof Error ? error.message : String(error))
      throw error
    }
  }
}
