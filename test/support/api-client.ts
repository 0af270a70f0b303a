import { setTimeout as pause } from 'node:timers/promises'
import { answerOf, createClient, type HoldfastClient } from '@holdfast/client/client'
import { HoldfastProblem } from '@holdfast/client/problem'
import type { AcceptedMessage, Health, Message, ReceivedMessage, Session } from '@holdfast/client/types'

export interface TextToSend {
  session: string
  chatId: string
  text: string
  /** The same for every attempt: the message is accepted once, however often it is tried. */
  idempotencyKey: string
}

/** What became of one attempt of a request. */
export interface Attempt {
  /** Method and path. */
  what: string
  /** Null when there was no whole answer. */
  status: number | null
  retryAfter: string | null
  tookMs: number
  /** In words, where it failed. */
  trouble: string | null
}

export interface ApiClientOptions {
  url: string
  apiKey: string
  /** How long an answer may take; 15 s unless said otherwise. */
  answerLimitMs?: number
  /** How long a request is repeated that gets no answer, or one of 5xx; not at all unless said otherwise. */
  patienceMs?: number
  /** Hears of every attempt. */
  onAttempt?: (attempt: Attempt) => void
}

const ANSWER_LIMIT_MS = 15_000
const SEND_LIMIT_MS = 60_000
const CREATE_LIMIT_MS = 30_000
/** Doubled after each attempt, up to the limit. */
const AGAIN_AFTER_MS = { first: 100, limit: 1_000 }
const PAGE = 1000

/** The product, as a patient program of a customer sees it: the client, with requests that are repeated. */
export class ApiClient {
  readonly #options: ApiClientOptions
  readonly #api: HoldfastClient

  constructor(options: ApiClientOptions) {
    this.#options = options
    const { url: baseUrl, apiKey } = options
    this.#api = createClient({ baseUrl, apiKey, fetch: (request) => this.#fetch(request) })
  }

  /** False if there is one of that name already. */
  async createSession(name: string): Promise<boolean> {
    let attempts = 0
    try {
      await this.#untilAnswered(Math.max(CREATE_LIMIT_MS, this.#patienceMs), async () => {
        attempts++
        await answerOf(this.#api.POST('/api/sessions', { body: { name, start: true } }))
      })
      return true
    } catch (error) {
      if (!(error instanceof HoldfastProblem) || error.status !== 409) throw error
      // An attempt without an answer may have made it.
      return attempts > 1
    }
  }

  async session(name: string): Promise<Session> {
    return await this.#repeated(() => answerOf(this.#api.GET('/api/sessions/{name}', { params: { path: { name } } })))
  }

  async sessions(): Promise<Session[]> {
    return await this.#repeated(() => answerOf(this.#api.GET('/api/sessions')))
  }

  /** Wanted online; or offline: it closes its connection and is not heard of until it is started. */
  async want(name: string, what: 'start' | 'stop'): Promise<void> {
    await this.#repeated(() => answerOf(this.#api.POST(`/api/sessions/{name}/${what}`, { params: { path: { name } } })))
  }

  /** Agrees to a restore that gives up what is lost. Refused with 409 where nothing is damaged, and asked twice it is asked once. */
  async approveRestore(name: string): Promise<void> {
    const request = { params: { path: { name } }, body: { approve: true } }
    await this.#repeated(() => answerOf(this.#api.POST('/api/sessions/{name}/restore', request)))
  }

  /** Null while there is none to show. */
  async qrCode(name: string): Promise<string | null> {
    const params = { path: { name }, query: { format: 'raw' as const } }
    try {
      return (await this.#repeated(() => answerOf(this.#api.GET('/api/{name}/auth/qr', { params })))).value
    } catch (error) {
      if (error instanceof HoldfastProblem && error.status === 409) return null
      throw error
    }
  }

  /** Tries until the API has accepted it, as a caller should who got no answer; what is refused for good throws at once. */
  async sendText({ idempotencyKey, ...body }: TextToSend): Promise<AcceptedMessage> {
    const request = { params: { header: { 'Idempotency-Key': idempotencyKey } }, body }
    const limitMs = Math.max(SEND_LIMIT_MS, this.#patienceMs)
    return await this.#untilAnswered(limitMs, () => answerOf(this.#api.POST('/api/sendText', request)))
  }

  /** Asked once, whatever comes: a health check is to be answered at any time. */
  async health(): Promise<Health> {
    return await answerOf(this.#api.GET('/health'))
  }

  async message(id: string): Promise<Message> {
    return await this.#repeated(() => answerOf(this.#api.GET('/api/messages/{id}', { params: { path: { id } } })))
  }

  /** Everything that was received, oldest first. */
  async storedMessages(session: string): Promise<ReceivedMessage[]> {
    const all: ReceivedMessage[] = []
    for (let since: string | null = null; ;) {
      const query: { limit: number; since?: string } = { limit: PAGE, ...(since === null ? {} : { since }) }
      const params = { path: { name: session }, query }
      const page = await this.#repeated(() => answerOf(this.#api.GET('/api/{name}/messages', { params })))
      all.push(...page.messages)
      if (page.messages.length < PAGE) return all
      since = page.cursor
    }
  }

  /** A request that is not repeated, and whose answer is of interest to `onAttempt` alone. */
  async once(path: string): Promise<void> {
    const { url, apiKey } = this.#options
    const response = await this.#fetch(new Request(`${url}${path}`, { headers: { 'X-Api-Key': apiKey } }))
    if (!response.ok) throw new HoldfastProblem(response, await response.text())
  }

  get #patienceMs(): number {
    return this.#options.patienceMs ?? 0
  }

  #repeated<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    return this.#untilAnswered(this.#patienceMs, ask)
  }

  async #untilAnswered<Answer>(limitMs: number, ask: () => Promise<Answer>): Promise<Answer> {
    const deadline = performance.now() + limitMs
    for (let pauseMs = AGAIN_AFTER_MS.first; ; pauseMs = Math.min(2 * pauseMs, AGAIN_AFTER_MS.limit)) {
      try {
        return await ask()
      } catch (error) {
        const isRefused = error instanceof HoldfastProblem && error.status < 500
        if (isRefused || performance.now() > deadline) throw error
        await pause(pauseMs)
      }
    }
  }

  /** One attempt. The whole answer has to come in time. */
  async #fetch(request: Request): Promise<Response> {
    const { answerLimitMs = ANSWER_LIMIT_MS, onAttempt } = this.#options
    const { pathname, search } = new URL(request.url)
    const askedAt = performance.now()
    const tell = (status: number | null, retryAfter: string | null, trouble: string | null) => {
      const tookMs = performance.now() - askedAt
      onAttempt?.({ what: `${request.method} ${pathname}${search}`, status, retryAfter, tookMs, trouble })
    }
    try {
      const { ok, status, headers, text } = await wholeAnswer(request, answerLimitMs)
      tell(status, headers.get('retry-after'), ok ? null : `${status} ${text}`)
      return new Response(text, { status, headers })
    } catch (error) {
      tell(null, null, error instanceof Error ? error.message : String(error))
      throw error
    }
  }
}

async function wholeAnswer(request: Request, limitMs: number) {
  const response = await fetch(request, { signal: AbortSignal.timeout(limitMs) })
  return { ok: response.ok, status: response.status, headers: response.headers, text: await response.text() }
}
