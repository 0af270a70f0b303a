import type { Mutant } from '../mutant.ts'

const GATE = 'runner/src/session/journal/gate.ts'
const KEEPER = 'runner/src/session/connection/connection-keeper.ts'
const KEY_STORE = 'runner/src/whatsapp/baileys/signal/key-store.ts'

const DIAL = `await engine.state.journal.whenDurable(engine.state.append({ kind: 'connect', writes }))`

/** What is said before what it depends on is durable. */
export const OUTPUT: readonly Mutant[] = [
  {
    name: 'open-gate',
    invariant: 'I1',
    what: 'a frame does not wait for the records that it depends on',
    edits: [{ file: GATE, find: 'frame.position > this.#journal.durable || ', replace: '' }],
    noticedBy: {
      file: 'runner/src/session/journal/gate.test.ts',
      tests: 'a frame waits until the position at which it was sent is durable',
    },
  },
  {
    name: 'receipt-before-commit',
    invariant: 'I1',
    what: 'a receipt (a frame like any other) leaves before the message is in the log',
    edits: [{ file: GATE, find: 'position: unbound ? 0 : this.#journal.position,', replace: 'position: this.#journal.durable,' }],
    noticedBy: { file: 'test/reliability/model/ownership.test.ts', tests: 'of two or three owners' },
  },
  {
    name: 'pending-not-committed',
    invariant: 'I1',
    what: 'what the transaction around a frame has written is not in the log when the frame is numbered',
    edits: [{ file: GATE, find: 'if (!unbound) this.#commitPending()', replace: '' }],
    noticedBy: { file: 'runner/src/session/journal/gate.test.ts', tests: 'a frame depends on what was written right before it' },
  },
  {
    name: 'frame-inside-transaction',
    invariant: 'I1',
    what: 'a frame that is sent inside a transaction leaves before the keys of the transaction are written',
    edits: [
      {
        file: KEY_STORE,
        find: 'if (transaction && !transaction.done) this.#commit(transaction)',
        replace: 'void transaction',
      },
    ],
    noticedBy: {
      file: 'runner/src/whatsapp/baileys/signal/key-store.test.ts',
      tests: 'a frame that is sent inside a transaction',
    },
  },
  {
    name: 'credentials-not-committed',
    invariant: 'I1',
    what: 'a frame leaves before the credentials that changed with it are written',
    edits: [{ file: KEY_STORE, find: 'if (creds !== undefined) this.#state.change({ creds })\n', replace: 'void creds\n' }],
    noticedBy: {
      file: 'runner/src/whatsapp/baileys/signal/key-store.test.ts',
      tests: 'outside of any transaction has changed credentials',
    },
  },
  {
    name: 'dial-before-record',
    invariant: 'I1',
    what: 'the first byte leaves before the connect record is durable',
    edits: [{ file: KEEPER, find: DIAL, replace: `engine.state.append({ kind: 'connect', writes })` }],
    noticedBy: {
      file: 'test/integration/engine/owned-session.test.ts',
      tests: 'a connection attempt is a record that is durable',
    },
  },
  {
    name: 'no-connect-record',
    invariant: 'I1',
    what: 'a connection attempt is no record: an owner that lost the session logs in once more',
    edits: [{ file: KEEPER, find: DIAL, replace: 'void writes' }],
    noticedBy: {
      file: 'test/integration/engine/owned-session.test.ts',
      tests: 'an owner that lost the session without knowing it while it waited',
    },
  },
  {
    name: 'unmuted-frames',
    invariant: 'I1',
    what: 'a muted runner goes on speaking',
    edits: [{ file: GATE, find: ' || (this.#muted && frame.position > 0)', replace: '' }],
    noticedBy: { file: 'runner/src/session/journal/gate.test.ts', tests: 'while muted' },
  },
]
