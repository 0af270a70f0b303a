import type { Mutant } from '../mutant.ts'

const SIZE_TEST = 'runner/src/session/media/size-limit.test.ts'
const DOWNLOAD_TEST = 'runner/src/whatsapp/baileys/media/download.test.ts'
const OBJECT_BYTES_TEST = 'core/src/adapters/google/object-bytes.test.ts'
const EXPIRY_TEST = 'test/integration/queue/expire-media.test.ts'

/** Mutants of the files of messages. */
export const MEDIA: readonly Mutant[] = [
  {
    name: 'media-of-any-size',
    invariant: 'beside',
    what: 'a medium larger than its sender says is taken whole',
    edits: [{ in: 'assertFits', find: 'bytes > mostBytes', replace: 'bytes > 2 * mostBytes' }],
    noticedBy: { file: SIZE_TEST, tests: 'one byte more ends it' },
  },
  {
    name: 'a-download-led-elsewhere',
    invariant: 'beside',
    what: 'a redirect leads the download of a medium to any host',
    edits: [{ in: 'answerOf', find: "url.protocol !== 'https:' || !url.hostname.endsWith(HOSTS)", replace: 'false' }],
    noticedBy: { file: DOWNLOAD_TEST, tests: 'a download does not follow a redirect to http://mmg.whatsapp.net/file' },
  },
  {
    name: 'a-file-not-compared',
    invariant: 'beside',
    what: 'a file of which the store got other bytes counts as stored',
    edits: [{ in: 'ObjectBytes.create', find: 'crc32c === checksum.toString()', replace: 'crc32c !== undefined' }],
    noticedBy: { file: OBJECT_BYTES_TEST, tests: 'an object with other bytes than those that were sent is removed' },
  },
  {
    name: 'a-file-with-a-gap',
    invariant: 'beside',
    what: 'a download from the store that broke off goes on at another byte',
    edits: [{ in: 'ObjectBytes.read', find: 'start: from', replace: 'start' }],
    noticedBy: { file: OBJECT_BYTES_TEST, tests: 'are asked for on another connection' },
  },
  {
    name: 'a-needed-file-removed',
    invariant: 'beside',
    what: 'the file of a message that still has to be sent is removed because it is old',
    edits: [{ in: 'neededByJobs', find: 'objects.has(object) || ', replace: '' }],
    noticedBy: { file: EXPIRY_TEST, tests: 'old files go with a mark' },
  },
  {
    name: 'a-file-removed-without-a-mark',
    invariant: 'beside',
    what: 'a file goes before its message says that its time is over, or while an owner is about to tell of it',
    edits: [{ in: 'expireOf', find: 'if (!(await markExpired(dependencies, sessionId, name))) continue', replace: '' }],
    noticedBy: { file: EXPIRY_TEST, tests: 'old files go with a mark' },
  },
]
