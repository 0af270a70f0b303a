/** An answer other than 2xx, with its body. */
export class RequestFailed extends Error {
  readonly status: number

  constructor(what: string, status: number, body: string) {
    super(`${what}: ${status} ${body}`)
    this.name = 'RequestFailed'
    this.status = status
  }
}

export interface JsonRequest {
  method: 'GET' | 'POST' | 'DELETE'
  headers?: Record<string, string>
  json?: unknown
  /** The time limit of the answer; 15 s by default. */
  limitMs?: number
}

const ANSWER_LIMIT_MS = 15_000

/** Makes a request and returns its JSON answer. @throws RequestFailed for any status but 2xx. */
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
