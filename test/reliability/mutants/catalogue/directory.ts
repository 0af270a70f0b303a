import type { Mutant } from '../mutant.ts'

const DIRECTORY_TEST = 'runner/src/session/directory/directory.test.ts'
const GROUPS_TEST = 'runner/src/session/directory/groups.test.ts'

/** Mutants of the stored chats, contacts, labels and groups. */
export const DIRECTORY: readonly Mutant[] = [
  {
    name: 'deleted-chat-that-comes-back',
    invariant: 'beside',
    what: 'a runner that starts forgets that a chat was deleted',
    edits: [{ in: 'Book.load', when: 'entry.isGone', becomes: 'false' }],
    noticedBy: { file: DIRECTORY_TEST, tests: 'stay deleted after a start' },
  },
  {
    name: 'chats-with-every-message',
    invariant: 'beside',
    what: 'each message writes the chats',
    edits: [{ in: 'Directory.ride.isDue', value: 'true' }],
    noticedBy: { file: DIRECTORY_TEST, tests: 'cost at most 0.2 writes for a message' },
  },
  {
    name: 'history-that-is-unread',
    invariant: 'beside',
    what: 'messages of the history count as unread',
    edits: [{ in: 'Lists.take', when: 'fromHistory', becomes: 'false' }],
    noticedBy: { file: DIRECTORY_TEST, tests: 'count no message of the history' },
  },
  {
    name: 'timer-that-an-old-message-sets',
    invariant: 'beside',
    what: 'a message that was sent before the timer of disappearing messages was switched off switches it on again',
    edits: [{ in: 'laterTimer', when: 'known.atMs > told.atMs', becomes: 'false' }],
    noticedBy: { file: DIRECTORY_TEST, tests: 'is the last one that a message has told' },
  },
  {
    name: 'timer-that-a-crash-loses',
    invariant: 'beside',
    what: 'an owner does not look for timers in the messages that the one before it had not noted',
    edits: [{ in: 'notedIn', when: "typeof type === 'string'", becomes: 'false' }],
    noticedBy: { file: DIRECTORY_TEST, tests: 'is found in the messages that an owner had stored' },
  },
  {
    name: 'stale-group-taken-for-new',
    invariant: 'beside',
    what: 'a group that changes while it is asked for counts as up to date',
    edits: [{ in: 'Groups.#describe.isStale', value: 'false' }],
    noticedBy: { file: GROUPS_TEST, tests: 'leaves a group stale that changes while it is asked for' },
  },
  {
    name: 'change-of-a-group-that-a-crash-loses',
    invariant: 'beside',
    what: 'nothing durable says that a group has changed before WhatsApp is asked for it',
    edits: [{ in: 'Groups.#mark', when: 'this.#stale.has(group)', becomes: 'false' }],
    noticedBy: { file: GROUPS_TEST, tests: 'asks after a start for the groups that an earlier owner has marked' },
  },
]
