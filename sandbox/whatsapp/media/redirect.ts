// Baileys fetches files by the name of WhatsApp's media host, and has no setting for it. In a process of the sandbox, what is
// fetched from there comes from the simulator. Only `fetch` is led elsewhere: it is what Baileys downloads with.

const MEDIA_HOST = 'mmg.whatsapp.net'

/** `base` is where the simulator serves files: `http://127.0.0.1:…/media`. */
export const redirectMedia = (base: string): void => {
  const fetchAnywhere = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const { host, pathname, search } = new URL(input instanceof Request ? input.url : input)
    return fetchAnywhere(host === MEDIA_HOST ? base + pathname + search : input, init)
  }
}
