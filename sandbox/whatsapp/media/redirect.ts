// Leads requests to WhatsApp's media host to the simulator, because Baileys has no setting for that host: `fetch`, which downloads, and
// `https.request`, which uploads.
import http from 'node:http'
import https from 'node:https'

const MEDIA_HOST = 'mmg.whatsapp.net'

/** `base` is the simulator's address of files: `http://127.0.0.1:…/media`. */
export const redirectMedia = (base: string): void => {
  const fetchAnywhere = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const { host, pathname, search } = new URL(input instanceof Request ? input.url : input)
    return fetchAnywhere(host === MEDIA_HOST ? base + pathname + search : input, init)
  }
  const requestAnywhere = https.request
  const redirected = (url: URL, options: https.RequestOptions) =>
    url.host === MEDIA_HOST ? http.request(base + url.pathname + url.search, options) : requestAnywhere(url, options)
  https.request = ((url: unknown, ...rest: unknown[]) =>
    url instanceof URL
      ? redirected(url, rest[0] as https.RequestOptions)
      : Reflect.apply(requestAnywhere, https, [url, ...rest])) as typeof https.request
}
