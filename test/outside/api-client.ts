import { setTimeout as pause } from 'node:timers/promises'
import { RequestFailed, requestJson } from './json-request.ts'

export interface Session {
  name: string
  status: 'STOPPED' | 'STARTING' | 'SCAN_QR_CODE' | 'WORKING' | 'FAILED'
  state: string
  reason: string
  sentence: string
  userAction: string | null
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
  body: string | null
  error?: string
}

const SEND_LIMIT_MS = 60_000
const SEND_AGAIN_AFTER_MS = 200
const PAGE = 1000

/** The product, as a customer's program sees it. */
export class ApiClient {
  readonly #url: string
  readonly #headers: Record<string, string>

  constructor(options: { url: string; apiKey: string }) {
    this.#url = options.url
    this.#headers = { 'x-api-key': options.apiKey }
  }

  /** False if there is one of that name already. */
  async createSession(name: string): Promise<boolean> {
    try {
      await this.#post('/api/sessions', { name, start: true })
      return true
    } catch (error) {
      if (error instanceof RequestFailed && error.status === 409) return false
      throw error
    }
  }

  async session(name: string): Promise<Session> {
    return await this.#get(`/api/sessions/${name}`)
  }

  async sessions(): Promise<Session[]> {
    return await this.#get('/api/sessions')
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
    const deadline = performance.now() + SEND_LIMIT_MS
    for (;;) {
      try {
        return await this.#post('/api/sendText', { session, chatId, text }, { 'idempotency-key': idempotencyKey })
      } catch (error) {
        const refused = error instanceof RequestFailed && error.status < 500
        if (refused || performance.now() > deadline) throw error
        await pause(SEND_AGAIN_AFTER_MS)
      }
    }
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

  async #get<Answer>(path: string): Promise<Answer> {
    return await requestJson(`${this.#url}${path}`, { method: 'GET', headers: this.#headers })
  }

  async #post<Answer>(path: string, json: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return await requestJson(`${this.#url}${path}`, { method: 'POST', headers: { ...this.#headers, ...headers }, json })
  }
}
