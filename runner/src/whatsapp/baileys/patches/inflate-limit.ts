import { syncBuiltinESMExports } from 'node:module'
import zlib from 'node:zlib'

/** The largest inflated frame. A compressed frame has at most 16 MiB, and WhatsApp compresses some kilobytes only. */
export const MAX_INFLATED_BYTES = 64 * 1024 * 1024

type Callback = (error: Error | null, result: Buffer) => void

const inflateAnything = zlib.inflate
let inflated = 0

/**
 * Replaces Node's `inflate` by one with a limit. Baileys inflates frames without a limit: 16 MiB of the right bytes become 16 GiB
 * and end the process with all its sessions. Baileys takes `inflate` from Node when it is loaded, so the first import of
 * `main.ts` loads this module before Baileys. `compatibility.ts` checks the order at start.
 */
function inflateWithLimit(bytes: zlib.InputType, options: zlib.ZlibOptions | Callback, callback?: Callback): void {
  inflated++
  if (typeof options === 'function') inflateAnything(bytes, { maxOutputLength: MAX_INFLATED_BYTES }, options)
  else inflateAnything(bytes, { maxOutputLength: MAX_INFLATED_BYTES, ...options }, callback as Callback)
}

/** The number of `inflate` calls that had the limit. */
export const timesInflated = (): number => inflated

Object.assign(zlib, { inflate: inflateWithLimit })
syncBuiltinESMExports()
