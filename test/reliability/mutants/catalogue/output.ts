import type { Mutant } from '../mutant.ts'

/** Mutants that send output before the records that it depends on are durable. */
export const OUTPUT: readonly Mutant[] = [
  {
    name: 'open-gate',
    invariant: 'I1',
    what: 'a frame does not wait for the records that it depends on',
    edits: [{ in: 'Gate.#release', when: 'this.#journal.durable', becomes: 'false' }],
    noticedBy: {
      file: 'runner/src/session/journal/gate.test.ts',
      tests: 'a frame waits until the position at which it was sent is durable',
    },
  },
  {
    name: 'receipt-before-commit',
    invariant: 'I1',
    what: 'a receipt (a frame like any other) leaves before the message is in the log',
    edits: [{ in: 'Gate.#hold.position', value: 'this.#journal.durable' }],
    noticedBy: { file: 'test/reliability/model/ownership.test.ts', tests: 'two or three owners' },
  },
  {
    name: 'pending-not-committed',
    invariant: 'I1',
    what: 'a frame is numbered before the writes of the transaction around it are in the log',
    edits: [{ in: 'Gate.#hold', drop: 'this.#commitPending' }],
    noticedBy: { file: 'runner/src/session/journal/gate.test.ts', tests: 'a frame depends on what was written right before it' },
  },
  {
    name: 'frame-inside-transaction',
    invariant: 'I1',
    what: 'a frame that is sent inside a transaction leaves before the keys of the transaction are written',
    edits: [{ in: 'KeyStore.commitPending', drop: 'this.#commit' }],
    noticedBy: {
      file: 'runner/src/whatsapp/baileys/signal/key-store.test.ts',
      tests: 'a frame that is sent inside a transaction',
    },
  },
  {
    name: 'credentials-not-committed',
    invariant: 'I1',
    what: 'a frame leaves before the credentials that changed with it are written',
    edits: [{ in: 'KeyStore.commitCreds', drop: 'this.#state.change' }],
    noticedBy: {
      file: 'runner/src/whatsapp/baileys/signal/key-store.test.ts',
      tests: 'are committed before a frame that is sent outside of any transaction',
    },
  },
  {
    name: 'dial-before-record',
    invariant: 'I1',
    what: 'the first byte leaves before the connect record is durable',
    edits: [{ in: 'ConnectionKeeper.#dial', call: 'whenDurable', becomes: '$*' }],
    noticedBy: {
      file: 'test/integration/engine/owned-session.test.ts',
      tests: 'a connection attempt is a record that is durable',
    },
  },
  {
    name: 'no-connect-record',
    invariant: 'I1',
    what: 'a connection attempt has no record, and an owner that lost the session logs in once more',
    edits: [{ in: 'ConnectionKeeper.#dial', drop: 'whenDurable' }],
    noticedBy: {
      file: 'test/integration/engine/owned-session.test.ts',
      tests: 'an owner that lost the session without knowing it while it waited',
    },
  },
  {
    name: 'unmuted-frames',
    invariant: 'I1',
    what: 'a muted runner still sends frames',
    edits: [{ in: 'Gate.#release', when: 'this.#muted', becomes: 'false' }],
    noticedBy: { file: 'runner/src/session/journal/gate.test.ts', tests: 'a muted gate holds frames' },
  },
]
