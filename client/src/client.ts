import createFetchClient, { type Client } from 'openapi-fetch'
import type { paths } from './generated/api.ts'
import { HoldfastProblem } from './problem.ts'

export interface ClientOptions {
  /** The address of the API: `https://api-xyz.a.run.app`. */
  readonly baseUrl: string
  readonly apiKey: string
  /** For the operator's key: the tenant in which it acts. Without it: `default`. */
  readonly tenant?: string
  /** Replaces the global fetch, for example to set a time limit. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/** Calls the API by method and path. The OpenAPI document gives the types of parameters, bodies and answers. */
export type HoldfastClient = Client<paths, 'application/json'>

/**
 * Makes a client. The client repeats no request by itself. A caller can safely repeat a text that has an `Idempotency-Key`.
 *
 *     const api = createClient({ baseUrl, apiKey })
 *     const session = await answerOf(api.GET('/api/sessions/{name}', { params: { path: { name: 'main' } } }))
 */
export function createClient({ baseUrl, apiKey, tenant, fetch }: ClientOptions): HoldfastClient {
  const headers = { 'X-Api-Key': apiKey, ...(tenant === undefined ? {} : { 'X-Tenant': tenant }) }
  return createFetchClient<paths, 'application/json'>({ baseUrl, headers, ...(fetch ? { fetch } : {}) })
}

interface Outcome {
  readonly data?: unknown
  readonly error?: unknown
  readonly response: Response
}

/**
 * Returns the answer to a request.
 *
 * @throws HoldfastProblem when the API answers with an error; the error of `fetch` when no complete answer arrives
 */
export async function answerOf<Answer extends Outcome>(request: Promise<Answer>): Promise<Exclude<Answer['data'], undefined>> {
  const { data, error, response } = await request
  if (!response.ok) throw new HoldfastProblem(response, error)
  return data as Exclude<Answer['data'], undefined>
}
