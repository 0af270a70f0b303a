import type { Mutant } from '../mutant.ts'

const APP_STATE_TEST = 'runner/src/whatsapp/baileys/receive/app-state.test.ts'
const RECEIVING_TEST = 'runner/src/whatsapp/baileys/receive/receiving.test.ts'
const ACKS_TEST = 'runner/src/session/outbox/message-acks.test.ts'
const HISTORY_TEST = 'runner/src/whatsapp/baileys/receive/history-reader.test.ts'

/** Mutants of what arrives. */
export const INCOMING: readonly Mutant[] = [
  {
    name: 'version-before-its-news',
    invariant: 'beside',
    what: 'a version of app state is stored while its archived chats and labels still wait in the buffer of Baileys',
    edits: [{ in: 'AppState.#tell', drop: 'this.#socket.ev.flush' }],
    noticedBy: { file: APP_STATE_TEST, tests: 'the version of a collection is stored after what it brings' },
  },
  {
    name: 'version-of-a-failed-fetch',
    invariant: 'beside',
    what: 'a fetch of app state that fails in its middle leaves a version behind, whose changes nobody has told',
    edits: [{ in: 'KeyStore.#commit', call: 'transaction.take', becomes: 'transaction.take()' }],
    noticedBy: { file: APP_STATE_TEST, tests: 'the version of a collection is not stored when the fetch fails' },
  },
  {
    name: 'ignored-post-stored',
    invariant: 'beside',
    what: 'posts of the status and of channels are stored although the session ignores them',
    edits: [{ in: 'Deliveries.#wanted', when: 'isPost', becomes: 'false' }],
    noticedBy: { file: RECEIVING_TEST, tests: 'a post that the session ignores is received and not stored' },
  },
  {
    name: 'senseless-message-stops',
    invariant: 'beside',
    what: 'a message that makes no sense is an error of the reader, and is lost',
    edits: [{ in: 'readStanza', call: 'describeSafely', becomes: 'describe(stanza, { outer, bytes }, where, reader)' }],
    noticedBy: { file: RECEIVING_TEST, tests: 'a message that makes no sense is stored with its bytes' },
  },
  {
    name: 'ack-of-others',
    invariant: 'beside',
    what: 'a receipt counts for the message of somebody else who has chosen the same id',
    edits: [{ in: 'MessageAcks.#ownMessageIn', when: 'document?.fromMe', becomes: 'document' }],
    noticedBy: { file: ACKS_TEST, tests: 'a receipt says nothing of the messages of others' },
  },
  {
    name: 'edited-history-hidden',
    invariant: 'beside',
    what: 'an edited message of the history is taken for an edit of a message that never comes',
    edits: [{ in: 'withoutOwnEdit', value: '{ return message }' }],
    noticedBy: { file: HISTORY_TEST, tests: 'shows an edited one as it is now' },
  },
]
