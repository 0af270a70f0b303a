import { HoldfastError } from '../platform/errors.ts'
import { parseStored } from '../platform/parse.ts'
import type { Fields } from '../platform/ports.ts'
import { type KeyWrapping, wrapPlace } from './key-wrapping.ts'
import { sessionKeyDocumentSchema } from './session-key-document.ts'

/**
 * Wraps the data keys of a stored document with the current wrapping key. The data keys stay, and with them all that is sealed. Each new
 * wrapping is opened before it is returned. Returns the new field `keys`, or null when all of them are wrapped by the current key already.
 *
 * @throws HoldfastError of `unwrap`, or `bad-document`; nothing may be written then
 */
export async function rewrappedKeys(path: string, fields: Fields, wrapping: KeyWrapping): Promise<Fields | null> {
  const { keys } = parseStored(sessionKeyDocumentSchema, fields, path)
  const work = Object.entries(keys).map(async ([version, { wrapped, wrappedBy }]) => {
    const place = wrapPlace(path, Number(version))
    if (wrappedBy === (await wrapping.currentAt(place))) return null
    const dataKey = await wrapping.unwrap(wrapped, wrappedBy, place)
    const anew = await wrapping.wrap(dataKey, place)
    const opened = await wrapping.unwrap(anew.wrapped, anew.wrappedBy, place)
    if (!opened.equals(dataKey)) throw new HoldfastError('store-unfit', `What was wrapped for ${place} opens as something else.`)
    return [version, anew] as const
  })
  const changed = (await Promise.all(work)).filter((entry) => entry !== null)
  if (changed.length === 0) return null
  // What a later version stores beside a data key stays.
  const stored = fields['keys'] as Readonly<Record<string, Fields>>
  return { ...stored, ...Object.fromEntries(changed.map(([version, anew]) => [version, { ...stored[version], ...anew }])) }
}
