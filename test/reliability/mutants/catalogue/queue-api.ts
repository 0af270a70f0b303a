import type { Mutant } from '../mutant.ts'

const CHANGES_TEST = 'test/integration/api/message-changes.test.ts'
const LATER_TEST = 'test/integration/api/sending-later.test.ts'
const LIST_TEST = 'test/integration/api/message-list.test.ts'
const QUEUE_TEST = 'test/integration/api/queue.test.ts'
const BULK_TEST = 'test/integration/api/bulk.test.ts'

/** Mutants of what callers see and change in the queue. */
export const QUEUE_API: readonly Mutant[] = [
  {
    name: 'changed-in-any-state',
    invariant: 'beside',
    what: 'a cancel takes effect although the owner has taken the message meanwhile',
    edits: [{ in: 'changeJob', find: ', unlessChangedSince: snapshot', replace: '' }],
    noticedBy: { file: CHANGES_TEST, tests: 'that races the owner ends in one of the two' },
  },
  {
    name: 'canceled-on-the-wire',
    invariant: 'beside',
    what: 'a message that is on the wire is canceled',
    edits: [{ in: 'canceled', when: "status === 'pending'", becomes: "status !== 'sent'" }],
    noticedBy: { file: CHANGES_TEST, tests: 'is refused while the message is or may be on the wire' },
  },
  {
    name: 'replaced-after-an-attempt',
    invariant: 'beside',
    what: 'a message that was attempted gets another text under its id',
    edits: [{ in: 'replaceMessage', when: 'found.attempts', becomes: 'false' }],
    noticedBy: { file: CHANGES_TEST, tests: 'is refused for a message that was' },
  },
  {
    name: 'retried-twice',
    invariant: 'beside',
    what: 'a retry by hand that is repeated begins another generation, and its tasks have another name',
    edits: [{ in: 'retried', when: 'isRetriedSinceFailure', becomes: 'false' }],
    noticedBy: { file: CHANGES_TEST, tests: 'asked twice is done once' },
  },
  {
    name: 'old-news-sent',
    invariant: 'beside',
    what: 'a retry of all failed messages sends those whose time is over',
    edits: [{ in: 'isTooOld', value: '() => false' }],
    noticedBy: { file: QUEUE_TEST, tests: 'returns all failed messages to the queue' },
  },
  {
    name: 'options-not-in-the-hash',
    invariant: 'beside',
    what: 'a request with the same key and another time is taken for the same request',
    edits: [{ in: 'hashedTextOf.options', value: '{}' }],
    noticedBy: { file: LATER_TEST, tests: 'a repeated request with another' },
  },
  {
    name: 'repeated-too-late',
    invariant: 'beside',
    what: 'a repeated request is refused because its times have passed, although its message is accepted',
    edits: [{ in: 'acceptMessage', find: 'if (!existing) throw refusal', replace: 'throw refusal' }],
    noticedBy: { file: LATER_TEST, tests: 'returns the message although its times have passed' },
  },
  {
    name: 'later-in-the-queue',
    invariant: 'beside',
    what: 'a message for later is in the queue at once',
    edits: [{ in: 'isForLater', value: '() => false' }],
    noticedBy: { file: LATER_TEST, tests: 'is stored outside of the queue' },
  },
  {
    name: 'pages-by-time-only',
    invariant: 'beside',
    what: 'a page of the list skips messages that were accepted in one commit',
    edits: [{ in: 'placeOf', find: ', id]', replace: ", '0']" }],
    noticedBy: { file: LIST_TEST, tests: 'is whole and without repetition' },
  },
  {
    name: 'later-overtakes',
    invariant: 'beside',
    what: 'a part of a request for many messages is stored although the part before it was not',
    edits: [{ in: 'Bulk.run', find: 'break', replace: 'continue' }],
    noticedBy: { file: BULK_TEST, tests: 'in the middle, what was accepted is told' },
  },
  {
    name: 'archived-jobs-counted',
    invariant: 'beside',
    what: 'the figures of the queue count messages that were archived',
    edits: [{ in: 'kept', value: "(...statuses) => ({ where: [['status', 'in', statuses]] })" }],
    noticedBy: { file: QUEUE_TEST, tests: 'leaves archived messages out' },
  },
  {
    name: 'alone-at-its-time',
    invariant: 'beside',
    what: 'of two messages for one time the one whose task comes first is sent first',
    edits: [{ in: 'makeDue.beside', value: '[]' }],
    noticedBy: { file: 'test/integration/queue/make-due.test.ts', tests: 'puts the messages of its chat whose time has come' },
  },
  {
    name: 'as-they-come',
    invariant: 'beside',
    what: 'messages for one time are sent in the order in which their owner hears of them',
    edits: [{ in: 'byPlace', value: '() => 0' }],
    noticedBy: { file: 'runner/src/session/outbox/job-order.test.ts', tests: 'jobs for one time go in the order' },
  },
]
