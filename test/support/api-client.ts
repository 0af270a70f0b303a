import { setTimeout as pause } from 'node:timers/promises'
import { answerOf, createClient, type HoldfastClient } from '@holdfast/client/client'
import { HoldfastProblem } from '@holdfast/client/problem'
import { everySession } from '@holdfast/client/sessions'
import type {
  AcceptedMessage,
  BulkAnswer,
  DamagedMessage,
  Health,
  Message,
  Queue,
  ReceivedMessage,
  RetryAll,
  Session,
} from '@holdfast/client/types'

/** The parts of a message that callers may leave out. Times are ISO 8601 with an offset. */
export interface TextOptions {
  sendAt?: string
  expiresAt?: string
  priority?: 'high' | 'normal' | 'low'
  retry?: { delaysMs?: number[]; maxRetries?: number }
}

export interface TextToSend extends TextOptions {
  /** A session or a pool. */
  session?: string
  pool?: string
  chatId: string
  text: string
  /** The key of all attempts of one message, so that the API accepts the message once. */
  idempotencyKey: string
  /** Further headers. */
  headers?: Readonly<Record<string, string>>
}

/** The result of one attempt of a request. */
export interface Attempt {
  /** The method and path. */
  what: string
  /** The status of the answer; null without a complete answer. */
  status: number | null
  retryAfter: string | null
  tookMs: number
  /** A description of a failure; null after a success. */
  trouble: string | null
}

export interface ApiClientOptions {
  url: string
  apiKey: string
  /** The time limit of an answer; 15 s by default. */
  answerLimitMs?: number
  /** The time for which a request without an answer or with a 5xx answer is repeated; 0 by default. */
  patienceMs?: number
  /** Called after every attempt. */
  onAttempt?: (attempt: Attempt) => void
}

const ANSWER_LIMIT_MS = 15_000
const SEND_LIMIT_MS = 60_000
const CREATE_LIMIT_MS = 30_000
/** The pause before the next attempt. It doubles after each attempt, up to the limit. */
const AGAIN_AFTER_MS = { first: 100, limit: 1_000 }
const PAGE = 1000

/** The typed client of the API with repeated requests, like the program of a patient customer. */
export class ApiClient {
  readonly #options: ApiClientOptions
  readonly #api: HoldfastClient

  constructor(options: ApiClientOptions) {
    this.#options = options
    const { url: baseUrl, apiKey } = options
    this.#api = createClient({ baseUrl, apiKey, fetch: (request) => this.#fetch(request), repeats: false })
  }

  /** Creates and starts a session. Resolves with false when a session of that name exists already. */
  async createSession(name: string): Promise<boolean> {
    let attempts = 0
    try {
      await this.#untilAnswered(Math.max(CREATE_LIMIT_MS, this.#patienceMs), async () => {
        attempts++
        await answerOf(this.#api.POST('/api/sessions', { body: { name, start: true } }))
      })
      return true
    } catch (error) {
      if (!(error instanceof HoldfastProblem) || error.code !== 'session-exists') throw error
      // An earlier attempt without an answer may have created the session.
      return attempts > 1
    }
  }

  async session(name: string): Promise<Session> {
    return await this.#repeated(() => answerOf(this.#api.GET('/api/sessions/{name}', { params: { path: { name } } })))
  }

  async sessions(): Promise<Session[]> {
    return await this.#repeated(() => everySession(this.#api))
  }

  /** Requests the start or the stop of a session. A stopped session closes its connection until it is started. */
  async want(name: string, what: 'start' | 'stop'): Promise<void> {
    await this.#repeated(() => answerOf(this.#api.POST(`/api/sessions/{name}/${what}`, { params: { path: { name } } })))
  }

  /** Makes a pool of sessions, in order. */
  async putPool(name: string, sessions: string[]): Promise<void> {
    const request = { params: { path: { name } }, body: { sessions } }
    await this.#repeated(() => answerOf(this.#api.PUT('/api/pools/{name}', request)))
  }

  /** Approves a restore with losses. The API answers 409 for an undamaged state. A second approval has no further effect. */
  async approveRestore(name: string): Promise<void> {
    const request = { params: { path: { name } }, body: { approve: true } }
    await this.#repeated(() => answerOf(this.#api.POST('/api/sessions/{name}/restore', request)))
  }

  /** Asks for a backup, for a clean-up of the session's records, or for a return to a backup. Repeats have no further effect. */
  async ask(name: string, what: 'backups' | 'cleanup' | { readonly returnTo: string }): Promise<void> {
    const params = { path: { name } }
    if (typeof what === 'object') {
      const request = { params, body: { backup: what.returnTo, approve: true } }
      await this.#repeated(() => answerOf(this.#api.POST('/api/sessions/{name}/restore', request)))
    } else await this.#repeated(() => answerOf(this.#api.POST(`/api/sessions/{name}/${what}`, { params })))
  }

  /** Returns the ids of the backups that are stored, the newest first. */
  async backups(name: string): Promise<string[]> {
    const found = await this.#repeated(() =>
      answerOf(this.#api.GET('/api/sessions/{name}/backups', { params: { path: { name } } })),
    )
    return found.filter(({ isStored }) => isStored).map(({ id }) => id)
  }

  /** Returns the text of the QR code, or null while the session has none. */
  async qrCode(name: string): Promise<string | null> {
    const params = { path: { name }, query: { format: 'raw' as const } }
    try {
      const code = await this.#repeated(() => answerOf(this.#api.GET('/api/{name}/auth/qr', { params })))
      return 'value' in code ? code.value : null
    } catch (error) {
      if (error instanceof HoldfastProblem && error.code === 'wrong-status') return null
      throw error
    }
  }

  /** Sends until the API accepts the message, as a caller without an answer should. A final refusal throws at once. */
  async sendText({ idempotencyKey, headers = {}, ...body }: TextToSend): Promise<AcceptedMessage> {
    const request = { params: { header: { 'Idempotency-Key': idempotencyKey } }, headers, body }
    const limitMs = Math.max(SEND_LIMIT_MS, this.#patienceMs)
    return await this.#untilAnswered(limitMs, () => answerOf(this.#api.POST('/api/sendText', request)))
  }

  /** Sends many messages with one request. Those without a key of their own have the one of the request. */
  async sendBulk(
    messages: readonly (Omit<TextToSend, 'idempotencyKey'> & { idempotencyKey?: string })[],
    idempotencyKey: string,
  ): Promise<BulkAnswer> {
    const request = { params: { header: { 'Idempotency-Key': idempotencyKey } }, body: { messages: [...messages] } }
    const limitMs = Math.max(SEND_LIMIT_MS, this.#patienceMs)
    return await this.#untilAnswered(limitMs, () => answerOf(this.#api.POST('/api/sendBulk', request)))
  }

  async cancel(id: string): Promise<Message> {
    return await this.#repeated(() => answerOf(this.#api.POST('/api/messages/{id}/cancel', { params: { path: { id } } })))
  }

  async replace(id: string, body: Omit<TextOptions, 'retry'> & { text: string }): Promise<Message> {
    return await this.#repeated(() => answerOf(this.#api.PUT('/api/messages/{id}', { params: { path: { id } }, body })))
  }

  /** Returns a failed message to the queue. */
  async retry(id: string): Promise<Message> {
    return await this.#repeated(() => answerOf(this.#api.POST('/api/messages/{id}/retry', { params: { path: { id } } })))
  }

  /** Archives a message that has come to its end. */
  async remove(id: string): Promise<Message> {
    return await this.#repeated(() => answerOf(this.#api.DELETE('/api/messages/{id}', { params: { path: { id } } })))
  }

  /** Returns all failed messages to the queue. */
  async retryFailed(): Promise<RetryAll> {
    return await this.#repeated(() => answerOf(this.#api.POST('/api/queue/retry-failed', { body: {} })))
  }

  async queue(): Promise<Queue> {
    return await this.#repeated(() => answerOf(this.#api.GET('/api/queue')))
  }

  /** Returns all messages to send that the filter fits, newest first. */
  async messages(filter: { status?: Message['status']; session?: string; chatId?: string } = {}) {
    const all: (Message | DamagedMessage)[] = []
    for (let cursor: string | null = null; ;) {
      const query: typeof filter & { limit: number; cursor?: string } = {
        ...filter,
        limit: PAGE,
        ...(cursor === null ? {} : { cursor }),
      }
      const page = await this.#repeated(() => answerOf(this.#api.GET('/api/messages', { params: { query } })))
      if (!('messages' in page)) throw new Error('The API lists the messages of a chat instead of messages to send.')
      all.push(...page.messages)
      if (page.cursor === null) return all
      cursor = page.cursor
    }
  }

  /** Requests the health without repetition, because the API has to answer it at any time. */
  async health(): Promise<Health> {
    return await answerOf(this.#api.GET('/health'))
  }

  async message(id: string): Promise<Message> {
    return await this.#repeated(() => answerOf(this.#api.GET('/api/messages/{id}', { params: { path: { id } } })))
  }

  /** Returns all received messages of the session, oldest first. */
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

  /** Makes a request once. Only `onAttempt` gets the answer. */
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

  /** Makes one attempt. The complete answer has to arrive within the limit. */
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
