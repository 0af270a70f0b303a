import type { Clock } from '@holdfast/core/platform/ports'
import { withProxies } from '../media/through-proxy.ts'

/** The largest download. A history file of a busy phone has some MB; a larger one would take the memory of the other sessions. */
const MAX_BYTES = 64 * 1024 * 1024

const LIMIT_MS = 60_000

/**
 * Makes `fetch` read each download from WhatsApp's media hosts completely, within a time and a size limit, before Baileys sees
 * any of it. A failed download is then an error of the call. In plain Baileys, a download that breaks in the middle raises an
 * error event without a listener, which ends the process with all its sessions, and a download that hangs is awaited without end.
 */
export function patchMediaDownloads(clock: Clock): void {
  const fetchAnything = withProxies(globalThis.fetch)
  globalThis.fetch = async (input, init) => {
    if (!isMedia(input)) return fetchAnything(input, init)
    const late = new AbortController()
    const cancel = clock.after(LIMIT_MS, () => late.abort(new Error('The download took too long.')), 'media-downloads')
    try {
      const signal = init?.signal ? AbortSignal.any([late.signal, init.signal]) : late.signal
      const response = await fetchAnything(input, { ...init, signal })
      const body = response.ok ? await wholeBody(response, late) : null
      return new Response(body, { status: response.status, statusText: response.statusText })
    } finally {
      cancel()
    }
  }
}

async function wholeBody(response: Response, late: AbortController): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    parts.push(part)
    size += part.byteLength
    if (size > MAX_BYTES) {
      late.abort()
      throw new Error('The download is too large.')
    }
  }
  return Uint8Array.from(Buffer.concat(parts))
}

function isMedia(input: string | URL | Request): boolean {
  const { hostname } = new URL(input instanceof Request ? input.url : input)
  return hostname === 'whatsapp.net' || hostname.endsWith('.whatsapp.net')
}
