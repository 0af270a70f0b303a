import type { Mutant } from '../mutant.ts'

const COMPOSE_TEST = 'runner/src/whatsapp/baileys/send/compose.test.ts'
const GROUP_TEST = 'runner/src/whatsapp/baileys/send/group-recipients.test.ts'
const RECIPIENT_TEST = 'functions/src/use-cases/new-message.test.ts'

/** Mutants of messages that are no plain texts. */
export const KINDS: readonly Mutant[] = [
  {
    name: 'edit-that-the-server-cannot-see',
    invariant: 'beside',
    what: 'an edit or a deletion goes out as a message of its own',
    edits: [{ in: 'stanzaPartsOf.edit', value: 'null as string | null' }],
    noticedBy: { file: COMPOSE_TEST, tests: 'tells the server what it does' },
  },
  {
    name: 'vote-for-anything',
    invariant: 'beside',
    what: 'a vote for what the poll does not offer goes out, and nobody can read it',
    edits: [{ in: 'voteBody', when: 'content.options.every', becomes: 'false' }],
    noticedBy: { file: COMPOSE_TEST, tests: 'is refused for an option that the poll lacks' },
  },
  {
    name: 'quote-of-a-quote',
    invariant: 'beside',
    what: 'a quote carries what the quoted message itself quotes and mentions',
    edits: [{ in: 'quotable', when: "typeof content === 'object'", becomes: 'false' }],
    noticedBy: { file: COMPOSE_TEST, tests: 'without what that one quotes itself' },
  },
  {
    name: 'text-for-everybody',
    invariant: 'beside',
    what: 'a text for a chat is taken for the status',
    edits: [{ in: 'unsupportedIn', when: "kind === 'status'", becomes: 'false' }],
    noticedBy: { file: RECIPIENT_TEST, tests: 'does not get everything' },
  },
  {
    name: 'left-group-tried-for-hours',
    invariant: 'beside',
    what: 'a message to a group that the account has left is tried again and again, and holds back its chat',
    edits: [{ in: 'groupOf', when: 'NO_GROUP.includes', becomes: 'false' }],
    noticedBy: { file: GROUP_TEST, tests: 'that this account is not in ends the message' },
  },
  {
    name: 'quote-by-the-other-name',
    invariant: 'beside',
    what: 'what is quoted in a chat by LID names its author by number, and no phone finds it',
    edits: [{ in: 'ownNameIn', when: 'isLidUser(chat)', becomes: 'false' }],
    noticedBy: { file: COMPOSE_TEST, tests: 'by the name that the chat knows' },
  },
  {
    name: 'all-mentions-nobody',
    invariant: 'beside',
    what: 'a text that mentions all members of its group mentions none',
    edits: [{ in: 'mentions.mentionedJid', when: "one === 'all'", becomes: 'false' }],
    noticedBy: { file: COMPOSE_TEST, tests: 'all members of the group for `all`' },
  },
  {
    name: 'forwarded-never-counted',
    invariant: 'beside',
    what: 'a message that was forwarded before goes out as one that was forwarded for the first time',
    edits: [{ in: 'forwarded', find: 'forwardingScore ?? 0) + 1', replace: 'forwardingScore ?? 0) || 1' }],
    noticedBy: { file: COMPOSE_TEST, tests: 'is a forwarded message, counted once more' },
  },
  {
    name: 'unpin-that-pins',
    invariant: 'beside',
    what: 'taking a pin away pins the message again',
    edits: [{ in: 'bodyOf', when: 'content.durationSeconds === null', becomes: 'false' }],
    noticedBy: { file: COMPOSE_TEST, tests: 'pins for a time, and unpins for none' },
  },
  {
    name: 'message-that-stays-in-a-chat-with-a-timer',
    invariant: 'beside',
    what: 'a message to a chat with a timer of disappearing messages goes out without it',
    edits: [{ in: 'expiration', value: '{ return {} }' }],
    noticedBy: { file: COMPOSE_TEST, tests: 'a message names it, beside what else stands there' },
  },
]
