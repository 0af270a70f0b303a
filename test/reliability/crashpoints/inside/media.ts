import { StorageObjects } from '@holdfast/core/adapters/google/storage-objects'
import { OutgoingMedia } from '../../../../runner/src/session/media/outgoing-media.ts'
import { nameOfObject, UPLOAD_OF_MEDIUM } from '../labels.ts'
import { replace } from './replace.ts'
import { step } from './step.ts'

/** Makes each step of a file a point: its object in the store, and its upload to WhatsApp as a whole, after which its record follows. */
export function watchMedia(): void {
  const objects = StorageObjects.prototype
  replace(objects, 'createFrom', (createFrom) => {
    return function (this: StorageObjects, name, bytes) {
      return step([nameOfObject('create', name)], () => createFrom.call(this, name, bytes))
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
