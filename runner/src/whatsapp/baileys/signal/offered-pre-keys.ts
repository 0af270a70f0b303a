import type { KeyChanges } from '@holdfast/core/journal/mutation'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'

const { codec } = STATE_KINDS['offered-pre-keys']

/** The note about the number of pre-keys that the server says it has. It gives them to contacts in the order of their upload. */
export function offeredPreKeysOf(image: StateImage, count: number): KeyChanges {
  let newest = 0
  for (const [id] of image.entries('pre-key')) newest = Math.max(newest, Number(id))
  const note = codec.encode({ count, newest })
  return image.get('offered-pre-keys', 'last') === note ? {} : { 'offered-pre-keys': { last: note } }
}
