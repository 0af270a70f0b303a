import { HoldfastError } from '../platform/errors.ts'
import { parseStored } from '../platform/parse.ts'
import type { Fields } from '../platform/ports.ts'
import { newDataKeys } from './envelope.ts'
import { type KeyWrapping, wrapPlace } from './key-wrapping.ts'
import { areKeysDestroyed, newestVersion, sessionKeyDocumentSchema } from './session-key-document.ts'

/** The keys of a session with a further one, which waits. */
export interface WithNextKey {
  readonly version: number
  /** The new field `keys` of the document. */
  readonly keys: Fields
}

/**
 * Adds a data key to the stored ones of a session. Nothing is sealed with it yet: the next checkpoint of the session's owner makes it the
 * current one. It is opened before it is returned. Returns null when a key waits already.
 *
 * @throws HoldfastError of `wrap` and `unwrap`, `bad-document`, or `data-key-destroyed`; nothing may be written then
 */
export async function withNextKey(path: string, fields: Fields, wrapping: KeyWrapping, at: Date): Promise<WithNextKey | null> {
  const stored = parseStored(sessionKeyDocumentSchema, fields, path)
  if (areKeysDestroyed(stored)) throw new HoldfastError('data-key-destroyed', `A purge destroyed the data keys of ${path}.`)
  if (newestVersion(stored) > stored.current) return null
  const version = stored.current + 1
  const made = (await newDataKeys(path, wrapping, version)).keys[version]
  if (!made) throw new Error('A new data key has its own version.')
  await wrapping.unwrap(made.wrapped, made.wrappedBy, wrapPlace(path, version))
  // What a later version stores beside a data key stays.
  const keys = fields['keys'] as Fields
  return { version, keys: { ...keys, [version]: { ...made, at } } }
}
