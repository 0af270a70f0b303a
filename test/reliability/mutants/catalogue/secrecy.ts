import type { Mutant } from '../mutant.ts'

/** Mutants that disclose data of a session. */
export const SECRECY: readonly Mutant[] = [
  {
    name: 'words-of-others-in-the-log',
    invariant: 'I10',
    what: "the message of a third party's error, which may quote a text or a key, is logged",
    edits: [{ in: 'serializeError', when: 'own', becomes: 'true' }],
    noticedBy: { file: 'core/src/platform/logging.test.ts', tests: 'a foreign error is logged without its message' },
  },
  {
    name: 'console-not-guarded',
    invariant: 'I10',
    what: 'libsignal prints private keys',
    edits: [{ in: 'silenceConsole', drop: 'target[method] = drop' }],
    noticedBy: {
      file: 'runner/src/whatsapp/baileys/patches/console-guard.test.ts',
      tests: 'libsignal with the guard prints nothing',
    },
  },
  {
    name: 'chats-in-the-clear',
    invariant: 'I10',
    what: 'the documents of messages show who writes to whom',
    edits: [{ in: 'sealMessage', call: 'pseudonymsOf', becomes: '$2' }],
    noticedBy: { file: 'core/src/message/open-message.test.ts', tests: 'are sealed with its text' },
  },
  {
    name: 'pseudonyms-of-the-newest-key',
    invariant: 'beside',
    what: 'a further data key hides all messages of a chat that came before it',
    edits: [{ in: 'SessionCipher.pseudonym', call: 'Math.min', becomes: 'Math.max($*)' }],
    noticedBy: { file: 'core/src/security/envelope.test.ts', tests: 'is the same for the same name for good' },
  },
  {
    name: 'messages-of-before-not-found',
    invariant: 'beside',
    what: 'the chats lack the messages that an earlier version has stored',
    edits: [{ in: 'storedNames', value: "(cipher, name) => [cipher.pseudonym(name), '']" }],
    noticedBy: {
      file: 'test/integration/api/chat-messages.test.ts',
      tests: 'have pages of those of this version and of earlier ones',
    },
  },
  {
    name: 'two-reactions-of-one',
    invariant: 'beside',
    what: 'a reaction that was taken back stays when an earlier version has stored it',
    edits: [{ in: 'takesThePlaceOf', value: '() => false' }],
    noticedBy: { file: 'core/src/message/open-message.test.ts', tests: 'are one of each person' },
  },
  {
    name: 'lane-that-tells-its-chat',
    invariant: 'I10',
    what: 'the lane of a delivery is a hash of its chat, whose number can be found by trying all',
    edits: [{ in: 'deliveriesOf.chat', value: "told.chat ?? ''" }],
    noticedBy: {
      file: 'runner/src/session/events/webhook-projection.test.ts',
      tests: 'have an id and a lane that nobody computes',
    },
  },
  {
    name: 'ack-in-the-clear',
    invariant: 'I10',
    what: 'what webhooks are to tell of a receipt shows whose it is',
    edits: [{ in: 'toldAck', find: 'isSecret: true', replace: 'isSecret: false' }],
    noticedBy: { file: 'runner/src/session/events/projector.test.ts', tests: 'seal who writes to whom' },
  },
  {
    name: 'stored-in-the-clear',
    invariant: 'I10',
    what: 'stored data is readable for anyone with access to the bucket or the database',
    edits: [
      {
        in: 'envelope.ts:seal',
        call: 'Buffer.concat',
        becomes: 'Buffer.concat([Buffer.of(FORMAT), nonce, plain, Buffer.alloc(TAG_BYTES)])',
      },
      {
        in: 'envelope.ts:open',
        call: 'Buffer.concat',
        becomes: 'Buffer.from(sealed.subarray(1 + NONCE_BYTES, sealed.length - TAG_BYTES))',
      },
    ],
    noticedBy: { file: 'test/integration/engine/checkpoint.test.ts', tests: 'a checkpoint is encrypted in the bucket' },
  },
  {
    name: 'sealed-for-anywhere',
    invariant: 'beside',
    what: 'sealed bytes open in another place than their own, so records can be swapped',
    edits: [{ in: 'SessionCipher.#bind', value: `{ return JSON.stringify(['holdfast', purpose, place.length * 0]) }` }],
    noticedBy: { file: 'test/integration/engine/inbox.test.ts', tests: 'a received message is sealed for its own place' },
  },
]
