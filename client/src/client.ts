import createFetchClient, { type Client } from 'openapi-fetch'
import type { paths } from './generated/api.ts'
import { HoldfastProblem } from './problem.ts'
import { type Fetch, type Repeats, repeating } from './repeat.ts'

export interface ClientOptions {
  /** The address of the API: `https://api-xyz.a.run.app`. */
  readonly baseUrl: string
  /** Without it, requests go by the cookie of a sign-in, as those of the dashboard do. */
  readonly apiKey?: string
  /** For the operator's key: the tenant in which it acts. Without it: `default`. */
  readonly tenant?: string
  /** Replaces the global fetch, for example to set a time limit. It makes one attempt. */
  readonly fetch?: Fetch
  /** How requests are repeated that can be repeated without harm; false: never. */
  readonly repeats?: Repeats | false
}

/** Calls the API by method and path. The OpenAPI document gives the types of parameters, bodies and answers. */
export type HoldfastClient = Client<paths, 'application/json'>

/**
 * Makes a client. It repeats requests that only read, and those with an `Idempotency-Key`, when no answer arrives and after 429 and
 * 503. It makes every other request once.
 *
 *     const api = createClient({ baseUrl, apiKey })
 *     const session = await answerOf(api.GET('/api/sessions/{name}', { params: { path: { name: 'main' } } }))
 */
export function createClient({ baseUrl, apiKey, tenant, fetch = globalFetch, repeats }: ClientOptions): HoldfastClient {
  const headers = {
    ...(apiKey === undefined ? {} : { 'X-Api-Key': apiKey }),
    ...(tenant === undefined ? {} : { 'X-Tenant': tenant }),
  }
  return createFetchClient<paths, 'application/json'>({
    baseUrl,
    headers,
    // On the way to another host, fetch keeps the header with the key.
    redirect: 'error',
    fetch: repeats === false ? fetch : repeating(fetch, repeats),
  })
}

const globalFetch: Fetch = (request) => globalThis.fetch(request)

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
