import { setTimeout as sleep } from 'node:timers/promises'
import { at, isFields, listAt, textAt } from '../resources/fields.ts'
import type { Read } from '../resources/resource.ts'

const ATTEMPTS = 4
const FIRST_PAUSE_MS = 300
/** A connection that nobody answers any more would be waited for twenty minutes. */
const WITHIN_MS = 60_000
/** Requests under way at the same time. */
const WIDTH = 16

/** Google refused a request. */
export class GoogleError extends Error {
  readonly status: number

  constructor(read: Read, status: number, message: string) {
    super(`${read.method ?? 'GET'} ${read.url}: ${status} ${message}`)
    this.status = status
  }
}

export interface RestOptions {
  readonly project: string
  readonly token: () => Promise<string>
  readonly fetch?: typeof fetch
  readonly pause?: (ms: number) => Promise<unknown>
  /** Time for an attempt. */
  readonly withinMs?: number
}

/** Reads Google's REST APIs: many at a time, again where a read has failed by chance. */
export class Rest {
  readonly #options
  #token: Promise<string> | undefined
  #free = WIDTH
  readonly #waiting: (() => void)[] = []
  #reads = 0

  constructor({ project, token, fetch = globalThis.fetch, pause = sleep, withinMs = WITHIN_MS }: RestOptions) {
    this.#options = { project, token, fetch, pause, withinMs }
  }

  /** Number of requests so far. */
  get reads(): number {
    return this.#reads
  }

  /**
   * Returns the answer with the lists of all its pages. Null for what does not exist, and where its service is not enabled yet.
   *
   * @throws GoogleError when Google refuses the request
   */
  async read(read: Read): Promise<unknown> {
    await this.#acquire()
    try {
      let answer = await this.#page(read)
      for (let next = read.onePage ? undefined : textAt(answer, 'nextPageToken'); next;) {
        const page = await this.#page({ ...read, url: withPage(read.url, next) })
        answer = joined(answer, page)
        next = textAt(page, 'nextPageToken')
      }
      return answer
    } finally {
      this.#release()
    }
  }

  /** Returns the first page only. */
  async first(read: Read): Promise<unknown> {
    return await this.#page(read)
  }

  async #page(read: Read): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#attempt(read).catch((error: unknown) => {
        if (!(error instanceof GoogleError) || attempt === ATTEMPTS || !isByChance(error.status)) throw error
        if (error.status === 401) this.#token = undefined
        return AGAIN
      })
      if (answer !== AGAIN) return answer
      await this.#options.pause(FIRST_PAUSE_MS * 2 ** attempt)
    }
  }

  async #attempt(read: Read): Promise<unknown> {
    this.#reads++
    const { response, text } = await this.#send(read)
    const answer = jsonOf(text)
    // What stands for nothing would be made anew: a secret, too.
    if (response.ok && answer === null && isGoogles(read.url)) throw new GoogleError(read, NO_ANSWER, 'the answer is no JSON')
    if (response.ok) return answer
    if (response.status === 404 || isDisabled(answer)) return null
    throw new GoogleError(read, response.status, textAt(answer, 'error', 'message') ?? 'no message')
  }

  async #send(read: Read): Promise<{ response: Response; text: string }> {
    const request = {
      method: read.method ?? 'GET',
      headers: {
        ...(isGoogles(read.url) ? await this.#credentials() : {}),
        ...(read.body ? { 'content-type': 'application/json' } : {}),
      },
      ...(read.body ? { body: JSON.stringify(read.body) } : {}),
    }
    try {
      const response = await this.#options.fetch(read.url, { ...request, signal: AbortSignal.timeout(this.#options.withinMs) })
      return { response, text: await response.text() }
    } catch (error) {
      const { cause = error } = error as Error
      throw new GoogleError(read, NO_ANSWER, cause instanceof Error ? cause.message : 'no connection')
    }
  }

  async #credentials(): Promise<Record<string, string>> {
    const { project, token } = this.#options
    this.#token ??= token()
    return { authorization: `Bearer ${await this.#token}`, 'x-goog-user-project': project }
  }

  async #acquire(): Promise<void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #release(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free++
  }
}

const AGAIN = Symbol('again')

const isGoogles = (url: string): boolean => new URL(url).hostname.endsWith('.googleapis.com')

/** The status of a request that nobody has answered. */
const NO_ANSWER = 0

/** A token that has expired counts: the next attempt takes another one. */
const isByChance = (status: number): boolean =>
  status === NO_ANSWER || status === 401 || status === 408 || status === 429 || status >= 500

/** Google answers 403 for everything of a service that is not enabled. */
function isDisabled(answer: unknown): boolean {
  const reasons = [...listAt(answer, 'error', 'details'), ...listAt(answer, 'error', 'errors')].map((one) => one['reason'])
  return reasons.includes('SERVICE_DISABLED') || reasons.includes('accessNotConfigured')
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

function withPage(url: string, token: string): string {
  const next = new URL(url)
  next.searchParams.set('pageToken', token)
  return next.href
}

/** Joins the lists of two pages. */
function joined(one: unknown, other: unknown): unknown {
  if (!isFields(one) || !isFields(other)) return one
  const lists = Object.keys(other).filter((name) => Array.isArray(other[name]))
  return {
    ...one,
    ...Object.fromEntries(
      lists.map((name) => [name, [...((at(one, name) as unknown[] | undefined) ?? []), ...(other[name] as unknown[])]]),
    ),
  }
}
