import type { IncomingMessage } from 'node:http'
import https, { type Agent } from 'node:https'
import { Readable } from 'node:stream'

/** Where `fetch` has a dispatcher, requests of a session with a proxy have this. Baileys hands it on as it is. */
class ThroughProxy {
  readonly agent: Agent

  constructor(agent: Agent) {
    this.agent = agent
  }
}

/** The options with which `fetch` sends a request through a proxy; none without one. */
export const through = (agent: Agent | null): RequestInit =>
  agent === null ? {} : ({ dispatcher: new ThroughProxy(agent) } as unknown as RequestInit)

/** Makes a `fetch` that obeys these options. Node's own knows no agents. */
export const withProxies =
  (fetchAnything: typeof fetch): typeof fetch =>
  (input, init) => {
    const { dispatcher } = (init ?? {}) as { readonly dispatcher?: unknown }
    return dispatcher instanceof ThroughProxy
      ? get(new URL(urlOf(input)), init ?? {}, dispatcher.agent)
      : fetchAnything(input, init)
  }

const urlOf = (input: string | URL | Request): string | URL => (input instanceof Request ? input.url : input)

/** @throws Error for another method than GET */
async function get(url: URL, { headers, method = 'GET', signal }: RequestInit, agent: Agent): Promise<Response> {
  if (method !== 'GET') throw new Error('Only downloads go through a proxy this way.')
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const options = { agent, headers: Object.fromEntries(new Headers(headers)), ...(signal ? { signal } : {}) }
  https.request(url, options).on('response', resolve).on('error', reject).end()
  const response = await promise
  return new Response(Readable.toWeb(response) as ReadableStream<Uint8Array>, { status: response.statusCode ?? 502 })
}
