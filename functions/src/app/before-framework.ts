import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'

/** Every route that reads a body is below this path. The functions that Google calls are not. */
const API = '/api/'

/**
 * Takes from Google's functions framework what it would answer by itself, as HTML: a body that it cannot parse, decompress or
 * decode (the framework logs such a body, and it may be a message), and a path with a wrong escape. So the API answers all of it.
 * Node announces each request here before the framework sees it.
 */
export function comeBeforeFramework(): void {
  subscribe('http.server.request.start', (event) => {
    const { request } = event as { readonly request: IncomingMessage }
    if (request.url === undefined) return
    // Without a type no parser of the framework feels concerned. Hono reads the raw headers, which still have it.
    if (request.url.startsWith(API)) delete request.headers['content-type']
    request.url = withValidEscapes(request.url)
  })
}

/** Returns the URL with a path that can be decoded. A path that cannot be is taken literally. */
export function withValidEscapes(url: string): string {
  const [path = '', ...query] = url.split('?')
  try {
    decodeURIComponent(path)
    return url
  } catch {
    return [path.replaceAll('%', '%25'), ...query].join('?')
  }
}
