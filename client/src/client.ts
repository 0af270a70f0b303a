import createFetchClient, { type Client } from 'openapi-fetch'
import type { paths } from './generated/api.ts'
import { HoldfastProblem } from './problem.ts'

export interface ClientOptions {
  /** Where the API is: `https://api-xyz.a.run.app`. */
  readonly baseUrl: string
  readonly apiKey: string
  /** Replaces the global fetch, for example to set a time limit. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/** Asks the API by method and path; parameters, bodies and answers are typed by its description. */
export type HoldfastClient = Client<paths, 'application/json'>

/**
 * Makes a client. It does not try again by itself: a text that is sent with an `Idempotency-Key` can be sent again safely.
 *
 *     const api = createClient({ baseUrl, apiKey })
 *     const session = await answerOf(api.GET('/api/sessions/{name}', { params: { path: { name: 'main' } } }))
 */
export const createClient = ({ baseUrl, apiKey, fetch }: ClientOptions): HoldfastClient =>
  createFetchClient<paths, 'application/json'>({ baseUrl, headers: { 'X-Api-Key': apiKey }, ...(fetch ? { fetch } : {}) })

interface Asked {
  readonly data?: unknown
  readonly error?: unknown
  readonly response: Response
}

/**
 * The answer to a request.
 *
 * @throws HoldfastProblem when the API answers with an error, and what `fetch` throws when there is no whole answer
 */
export async function answerOf<Answer extends Asked>(request: Promise<Answer>): Promise<Exclude<Answer['data'], undefined>> {
  const { data, error, response } = await request
  if (!response.ok) throw new HoldfastProblem(response, error)
  return data as Exclude<Answer['data'], undefined>
}
