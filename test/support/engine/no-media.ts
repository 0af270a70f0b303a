import type { ConnectionFiles, MediaReader } from '../../../runner/src/whatsapp/media.ts'
import type { ObjectStreams } from '@holdfast/core/platform/object-streams'

/** The reader of media of a client whose messages have none. */
export const NO_MEDIA_READER: MediaReader = { mediumIn: () => null, download: () => NO_MEDIA.readRange('', { start: 0, end: 1 }) }

/** The files of a connection that sends and asks for none. */
export const NO_FILES: ConnectionFiles = { askForMedium: () => none(), uploadMedium: () => none() }

const none = (): Promise<never> => Promise.reject(new Error('This test has no store of media.'))

/** The store of media of tests without media. */
export const NO_MEDIA: ObjectStreams = {
  createFrom: none,
  sizeOf: none,
  // oxlint-disable-next-line require-yield
  async *readRange() {
    await none()
  },
  // oxlint-disable-next-line require-yield
  async *createdBefore() {
    await none()
  },
  remove: none,
}
