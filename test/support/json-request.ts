/** An answer that is not the one hoped for, with what the server said. */
export class RequestFailed extends Error {
  readonly status: number

  constructor(what: string, status: number, said: string) {
    super(`${what}: ${status} ${said}`)
    this.name = 'RequestFailed'
    this.status = status
  }
}

export interface JsonRequest {
  method: 'GET' | 'POST' | 'DELETE'
  headers?: Record<string, string>
  json?: unknown
  /** How long an answer may take; 15 s unless said otherwise. */
  limitMs?: number
}

const ANSWER_LIMIT_MS = 15_000

/** One request and its JSON answer; everything but 2xx throws. */
export async function requestJson<Answer>(
  url: string,
  { method, headers = {}, json, limitMs = ANSWER_LIMIT_MS }: JsonRequest,
): Promise<Answer> {
  const body = json === undefined ? {} : { body: JSON.stringify(json) }
  const type = json === undefined ? {} : { 'content-type': 'application/json' }
  const signal = AbortSignal.timeout(limitMs)
  const response = await fetch(url, { method, headers: { ...headers, ...type }, signal, ...body })
  const text = await response.text()
  if (response.ok) return JSON.parse(text) as Answer
  throw new RequestFailed(`${method} ${new URL(url).pathname}`, response.status, text)
}
