import { setTimeout as pause } from 'node:timers/promises'
import { RequestFailed, requestJson, type JsonRequest } from './json-request.ts'

export interface Session {
  name: string
  status: 'STOPPED' | 'STARTING' | 'SCAN_QR_CODE' | 'WORKING' | 'FAILED'
  state: string
  reason: string
  sentence: string
  userAction: string | null
  /** Both as ISO 8601. */
  since: string | null
  nextAttemptAt: string | null
  owner: { runnerId: string | null; epoch: number }
  checkpoint: { object: string; seq: number } | null
}

export interface TextToSend {
  session: string
  chatId: string
  text: string
  /** The same for every attempt: the message is accepted once, however often it is tried. */
  idempotencyKey: string
}

export interface AcceptedJob {
  id: string
  messageId: string
}

export interface Job extends AcceptedJob {
  status: 'pending' | 'processing' | 'sent' | 'delivered' | 'read' | 'failed' | 'canceled'
  error: { code: string; message: string } | null
}

export interface StoredMessage {
  /** Null when the document is damaged. */
  id: string | null
  chatId?: string
  from?: string
  fromMe?: boolean
  /** When it was sent, in seconds since the epoch. */
  timestamp?: number
  body: string | null
  /** Nothing but the text was stored of a message that had so many bytes; the beginning of it when it is cut. */
  tooLarge?: { bytes: number; textIsCut: boolean }
  error?: string
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

export interface Health {
  status: string
  problems: readonly string[]
}

export interface ApiClientOptions {
  url: string
  apiKey: string
  /** How long an answer may take; 15 s unless said otherwise. */
  answerLimitMs?: number
  /** How long a question is repeated that has got no answer, or one of 5xx; not at all unless said otherwise. */
  patienceMs?: number
  /** Hears of every attempt. */
  onAttempt?: (attempt: Attempt) => void
}

const SEND_LIMIT_MS = 60_000
const CREATE_LIMIT_MS = 30_000
/** Doubled after each attempt, up to the limit. */
const AGAIN_AFTER_MS = { first: 100, limit: 1_000 }
const PAGE = 1000

/** The product, as a customer's program sees it. */
export class ApiClient {
  readonly #options: ApiClientOptions

  constructor(options: ApiClientOptions) {
    this.#options = options
  }

  /** False if there is one of that name already. */
  async createSession(name: string): Promise<boolean> {
    let attempts = 0
    try {
      await this.#untilAnswered(Math.max(CREATE_LIMIT_MS, this.#options.patienceMs ?? 0), async () => {
        attempts++
        await this.#post('/api/sessions', { name, start: true })
      })
      return true
    } catch (error) {
      if (!(error instanceof RequestFailed) || error.status !== 409) throw error
      // An attempt without an answer may have made it.
      return attempts > 1
    }
  }

  async session(name: string): Promise<Session> {
    return await this.#get(`/api/sessions/${name}`)
  }

  async sessions(): Promise<Session[]> {
    return await this.#get('/api/sessions')
  }

  /** Wanted online; or offline: it closes its connection and is not heard of until it is started. */
  async want(name: string, what: 'start' | 'stop'): Promise<void> {
    await this.#untilAnswered(this.#options.patienceMs ?? 0, () => this.#post(`/api/sessions/${name}/${what}`, {}))
  }

  /** Agrees to a restore that gives up what is lost. Refused with 409 where nothing is damaged, and asked twice it is asked once. */
  async approveRestore(name: string): Promise<void> {
    await this.#untilAnswered(this.#options.patienceMs ?? 0, () => this.#post(`/api/sessions/${name}/restore`, { approve: true }))
  }

  /** Null while there is none to show. */
  async qrCode(name: string): Promise<string | null> {
    try {
      return (await this.#get<{ value: string }>(`/api/${name}/auth/qr?format=raw`)).value
    } catch (error) {
      if (error instanceof RequestFailed && error.status === 409) return null
      throw error
    }
  }

  /** Tries until the API has accepted it, as a caller should who got no answer; what is refused for good throws at once. */
  async sendText({ session, chatId, text, idempotencyKey }: TextToSend): Promise<AcceptedJob> {
    const limitMs = Math.max(SEND_LIMIT_MS, this.#options.patienceMs ?? 0)
    const headers = { 'idempotency-key': idempotencyKey }
    return await this.#untilAnswered(limitMs, () => this.#post('/api/sendText', { session, chatId, text }, headers))
  }

  /** Asked once, whatever comes: a health check is to be answered at any time. */
  async health(): Promise<Health> {
    return await this.#request('/health', { method: 'GET' })
  }

  async message(id: string): Promise<Job> {
    return await this.#get(`/api/messages/${id}`)
  }

  /** Everything that was received, oldest first. */
  async storedMessages(session: string): Promise<StoredMessage[]> {
    const all: StoredMessage[] = []
    for (let cursor: string | null = null; ;) {
      const since: string = cursor === null ? '' : `&since=${cursor}`
      const page: { messages: StoredMessage[]; cursor: string | null } = await this.#get(
        `/api/${session}/messages?limit=${PAGE}${since}`,
      )
      all.push(...page.messages)
      if (page.messages.length < PAGE) return all
      cursor = page.cursor
    }
  }

  /** A question that is not repeated, and whose answer is of interest to `onAttempt` alone. */
  async once(path: string): Promise<void> {
    await this.#request(path, { method: 'GET' })
  }

  async #get<Answer>(path: string): Promise<Answer> {
    return await this.#untilAnswered(this.#options.patienceMs ?? 0, () => this.#request<Answer>(path, { method: 'GET' }))
  }

  async #post<Answer>(path: string, json: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return await this.#request(path, { method: 'POST', headers, json })
  }

  async #untilAnswered<Answer>(limitMs: number, ask: () => Promise<Answer>): Promise<Answer> {
    const deadline = performance.now() + limitMs
    for (let pauseMs = AGAIN_AFTER_MS.first; ; pauseMs = Math.min(2 * pauseMs, AGAIN_AFTER_MS.limit)) {
      try {
        return await ask()
      } catch (error) {
        const refused = error instanceof RequestFailed && error.status < 500
        if (refused || performance.now() > deadline) throw error
        await pause(pauseMs)
      }
    }
  }

  async #request<Answer>(path: string, request: JsonRequest): Promise<Answer> {
    const { url, apiKey, answerLimitMs: limitMs, onAttempt } = this.#options
    const askedAt = performance.now()
    const tell = (status: number | null, retryAfter: string | null, trouble: string | null) =>
      onAttempt?.({ what: `${request.method} ${path}`, status, retryAfter, tookMs: performance.now() - askedAt, trouble })
    try {
      const headers = { ...request.headers, 'x-api-key': apiKey }
      const answer = await requestJson<Answer>(`${url}${path}`, {
        ...request,
        headers,
        ...(limitMs === undefined ? {} : { limitMs }),
      })
      // 2xx; which of them does not matter to anybody.
      tell(200, null, null)
      return answer
    } catch (error) {
      const told = error instanceof Error ? error.message : String(error)
      if (error instanceof RequestFailed) tell(error.status, error.retryAfter, told)
      else tell(null, null, told)
      throw error
    }
  }
}
