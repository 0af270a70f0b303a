import type { MediumLost } from '../../whatsapp/media.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** The delays after failed attempts. The links of WhatsApp live for some weeks, and a phone may be off for days. */
const DELAYS_MS: readonly number[] = [
  2 * SECOND_MS,
  10 * SECOND_MS,
  MINUTE_MS,
  10 * MINUTE_MS,
  HOUR_MS,
  6 * HOUR_MS,
  ...Array<number>(7).fill(24 * HOUR_MS),
]

/** A damaged download may be an accident of the network, but the file may also be damaged at WhatsApp. */
const MOST_DAMAGED = 4

/**
 * Decides what follows a failed attempt to fetch a medium.
 *
 * @param attempts the number of failed attempts so far, this one included; 0 when only the connection was missing
 * @param lost why the medium cannot be had; null for an error that may pass
 */
export function afterFailedFetch(attempts: number, lost: MediumLost['reason'] | null): 'give-up' | { readonly delayMs: number } {
  if (lost === 'no-longer' || lost === 'too-large' || (lost === 'damaged' && attempts >= MOST_DAMAGED)) return 'give-up'
  if (attempts === 0) return { delayMs: MINUTE_MS }
  const delayMs = DELAYS_MS[attempts - 1]
  return delayMs === undefined ? 'give-up' : { delayMs }
}
