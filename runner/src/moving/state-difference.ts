import type { StateImage } from '@holdfast/core/journal/state-image'

type Values = Record<string, Record<string, string>>

export const valuesOf = (image: StateImage): Values => (image.toMutation().keys ?? {}) as Values

/** The first difference of two states, as the kind of the entry; null when they are equal. */
export function differenceOf(wanted: StateImage, stored: StateImage): string | null {
  if (wanted.creds !== stored.creds) return 'creds'
  const [values, found] = [valuesOf(wanted), valuesOf(stored)]
  for (const kind of Object.keys({ ...values, ...found })) {
    const [one = {}, other = {}] = [values[kind], found[kind]]
    if (Object.keys(one).length !== Object.keys(other).length) return kind
    if (Object.entries(one).some(([id, value]) => other[id] !== value)) return kind
  }
  return null
}
