import { StorageObjects } from '@holdfast/core/adapters/google/storage-objects'
import type { Bytes } from '@holdfast/core/platform/object-streams'
import { OutgoingMedia } from '../../../../runner/src/session/media/outgoing-media.ts'
import { nameOfObject, PART_OF_MEDIUM, UPLOAD_OF_MEDIUM } from '../labels.ts'
import { replace } from './replace.ts'
import { step } from './step.ts'

/** The client of the store lets bytes go in pieces of this size. */
const GONE_BYTES = 128 * 1024

/**
 * Makes each step of a file a point: the first bytes of its object in the store, the whole object, and its upload to WhatsApp as a whole,
 * after which its record follows.
 */
export function watchMedia(): void {
  const objects = StorageObjects.prototype
  replace(objects, 'createFrom', (createFrom) => {
    return function (this: StorageObjects, name, bytes) {
      return step([nameOfObject('create', name)], () => createFrom.call(this, name, withPoint(bytes)))
    }
  })
  replace(objects, 'sizeOf', (sizeOf) => {
    return function (this: StorageObjects, name) {
      return step([nameOfObject('measure', name)], () => sizeOf.call(this, name))
    }
  })
  replace(objects, 'readRange', (readRange) => {
    return async function* (this: StorageObjects, name, range) {
      yield* await step([nameOfObject('read', name)], () => Promise.resolve(readRange.call(this, name, range)))
    }
  })
  replace(OutgoingMedia.prototype, 'upload', (upload) => {
    return function (this: OutgoingMedia, ...given) {
      return step([UPLOAD_OF_MEDIUM], () => upload.apply(this, given))
    }
  })
}

/** Makes a point of the moment in which the store asks for more than it has. */
async function* withPoint(bytes: Bytes): AsyncGenerator<Uint8Array> {
  let passed = 0
  let isAhead = true
  for await (const part of bytes) {
    if (isAhead && passed >= GONE_BYTES) {
      isAhead = false
      await step([PART_OF_MEDIUM], () => Promise.resolve())
    }
    passed += part.length
    yield part
  }
}
