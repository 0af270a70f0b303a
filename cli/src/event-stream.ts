import { HoldfastProblem } from '@holdfast/client/problem'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { Context } from './context.ts'

/** One event of `GET /api/events`. */
export interface ServerEvent {
  readonly event: string
  readonly data: unknown
}

/**
 * Opens the stream of what changes, which begins with the present state. The API ends it now and then.
 *
 * @returns null where this API has none
 * @throws HoldfastProblem when the API refuses it; the error of `fetch` without an answer
 */
export async function openEvents(context: Context): Promise<AsyncIterable<ServerEvent> | null> {
  const { url, apiKey, tenant } = context.connection
  const headers = {
    Accept: 'text/event-stream',
    'X-Api-Key': apiKey,
    ...(tenant === undefined ? {} : { 'X-Tenant': tenant }),
  }
  const response = await context.host.fetch(
    new Request(`${url}/api/events`, { headers, redirect: 'error', signal: context.host.interrupted }),
  )
  const isStream = response.headers.get('content-type')?.includes('event-stream') === true
  if (response.ok && isStream && response.body !== null) return read(response.body)
  if (response.status === 404 || response.ok) {
    await response.body?.cancel()
    return null
  }
  throw new HoldfastProblem(response, await response.json().catch(() => ''))
}

async function* read(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const texts = body.pipeThrough(new TextDecoderStream())
  for await (const { event, data } of texts.pipeThrough(new EventSourceParserStream())) {
    if (event !== undefined) yield { event, data: JSON.parse(data) }
  }
}
