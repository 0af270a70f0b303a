import type { Mutant } from '../mutant.ts'

const ERASURE_TEST = 'test/integration/api/erasure.test.ts'
const OBJECTS_TEST = 'test/integration/api/erasure-objects.test.ts'
const CLEAN_UP_TEST = 'test/integration/queue/clean-up.test.ts'
const SENT_FILE_TEST = 'functions/src/use-cases/sent-file.test.ts'
const SOCKETS_TEST = 'functions/src/app/live-sockets.test.ts'
const LIMITS_TEST = 'test/integration/api/live-limits.test.ts'

/** Mutants of erasing a contact, of the files of sent messages, of the nightly run, and of the live stream. */
export const ERASURE: readonly Mutant[] = [
  {
    name: 'erasure-without-a-record',
    invariant: 'beside',
    what: 'an erasure does not record the objects that it has to remove',
    edits: [{ in: 'ObjectRemovals.#record', value: '[]' }],
    noticedBy: { file: OBJECTS_TEST, tests: 'keeps the record of what is to be removed' },
  },
  {
    name: 'erasure-that-forgets-fetched-files',
    invariant: 'beside',
    what: 'an erasure leaves what the owner has fetched and converted',
    edits: [{ in: 'erase-contact.ts:bytesOf', value: '{ return [] }' }],
    noticedBy: { file: OBJECTS_TEST, tests: 'removes what the owner has fetched' },
  },
  {
    name: 'erasure-of-others',
    invariant: 'beside',
    what: 'an erasure erases the messages to everybody',
    edits: [{ in: 'Eraser.#eraseJob', call: 'this.#subject.ids.includes', becomes: 'true' }],
    noticedBy: { file: ERASURE_TEST, tests: 'removes the messages, media and jobs of one person' },
  },
  {
    name: 'sent-file-at-one-place',
    invariant: 'beside',
    what: 'the file of a message that has moved is looked for with its present session only',
    edits: [{ in: 'placesOf.owners', value: '[sessionId]' }],
    noticedBy: { file: SENT_FILE_TEST, tests: 'with each session that it was of' },
  },
  {
    name: 'gone-that-is-always-expired',
    invariant: 'beside',
    what: 'a file that nobody has fetched is told as one whose time is over',
    edits: [{ in: 'withoutBytes.isUnsent', value: 'false' }],
    noticedBy: { file: SENT_FILE_TEST, tests: 'was never fetched for a message that failed' },
  },
  {
    name: 'damaged-tenant-that-loses-media',
    invariant: 'beside',
    what: 'the media of a tenant whose document is damaged go by the default',
    edits: [{ in: 'removeOld', when: 'isDamaged', becomes: 'false' }],
    noticedBy: { file: CLEAN_UP_TEST, tests: 'nothing goes of a tenant whose document is damaged' },
  },
  {
    name: 'live-event-of-another-session',
    invariant: 'beside',
    what: 'the live stream tells a key of sessions that it may not know of',
    edits: [{ in: 'live-sockets.ts:concerns', call: 'knowsSession', becomes: 'true' }],
    noticedBy: { file: SOCKETS_TEST, tests: 'may know of it, although they ask for all' },
  },
  {
    name: 'connection-after-the-end',
    invariant: 'beside',
    what: 'the live stream opens a connection although the server has begun to end',
    edits: [{ in: 'LiveSockets.#serve.refused', value: 'null' }],
    noticedBy: { file: LIMITS_TEST, tests: 'opens no connection any more' },
  },
]
