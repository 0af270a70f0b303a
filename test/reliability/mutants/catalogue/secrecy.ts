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
