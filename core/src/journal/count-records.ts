import type { RecordCounts } from '../session/record-counts.ts'
import type { StateImage } from './state-image.ts'
import { COUNTED_KINDS, STATE_KINDS } from './state-kinds.ts'

/** Counts the records of a state. Cheap: it reads no values but the note about pre-keys. */
export function countRecords(image: StateImage): RecordCounts {
  const counted: Record<string, number> = Object.fromEntries(COUNTED_KINDS.map((kind) => [kind, image.count(kind)]))
  const preKeys = counted['pre-key'] ?? 0
  const offered = Math.min(preKeys, offeredPreKeys(image))
  counted['pre-key'] = preKeys - offered
  const all = PROTECTED_KINDS.reduce((sum, kind) => sum + image.count(kind), 0)
  return { counted, protected: all + offered }
}

/**
 * The number of this device's newest pre-keys that the server may still offer. The server gives no list. It said a number once, and
 * may have got every later key since. Infinity while it has not said one.
 */
export function offeredPreKeys(image: StateImage): number {
  const noted = image.get('offered-pre-keys', 'last')
  if (noted === undefined) return Number.POSITIVE_INFINITY
  const { count, newest } = STATE_KINDS['offered-pre-keys'].codec.decode(noted)
  let later = 0
  for (const [id] of image.entries('pre-key')) if (Number(id) > newest) later++
  return count + later
}

/** Signal records and keys that cannot be rebuilt, or that decide who somebody is. */
const PROTECTED_KINDS = ['identity-key', 'app-state-sync-key', 'app-state-sync-version', 'lid-mapping'] as const
