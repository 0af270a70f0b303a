// Leads downloads from WhatsApp's media host to the simulator, because Baileys has no setting for that host. Only `fetch` is
// redirected: Baileys downloads with it.

const MEDIA_HOST = 'mmg.whatsapp.net'

/** `base` is the simulator's address of files: `http://127.0.0.1:…/media`. */
export const redirectMedia = (base: string): void => {
  const fetchAnywhere = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const { host, pathname, search } = new URL(input instanceof Request ? input.url : input)
    return fetchAnywhere(host === MEDIA_HOST ? base + pathname + search : input, init)
  }
}
