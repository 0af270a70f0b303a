import { syncBuiltinESMExports } from 'node:module'
import zlib from 'node:zlib'

/** Unpacked. A frame has 16 MiB at most, and what WhatsApp packs is some kilobytes. */
export const MAX_INFLATED_BYTES = 64 * 1024 * 1024

type Callback = (error: Error | null, result: Buffer) => void

const inflateAnything = zlib.inflate
let inflated = 0

/**
 * Baileys unpacks frames without a limit: 16 MiB of the right bytes become 16 GiB, and the process ends with all its sessions. It
 * takes `inflate` from Node when it is loaded, so this module has to be loaded before it: by the first line of `main.ts`.
 * `surface.ts` looks at the start whether it was.
 */
function inflateWithLimit(bytes: zlib.InputType, options: zlib.ZlibOptions | Callback, callback?: Callback): void {
  inflated++
  if (typeof options === 'function') inflateAnything(bytes, { maxOutputLength: MAX_INFLATED_BYTES }, options)
  else inflateAnything(bytes, { maxOutputLength: MAX_INFLATED_BYTES, ...options }, callback as Callback)
}

/** How often something was unpacked with a limit. */
export const timesInflated = (): number => inflated

Object.assign(zlib, { inflate: inflateWithLimit })
syncBuiltinESMExports()
