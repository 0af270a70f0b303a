import type { Mutant } from '../mutant.ts'

const VERDICT = 'core/src/session/disconnect-policy.ts'
const VERDICT_TEST = 'core/src/session/disconnect-policy.test.ts'
const OWNED_TEST = 'test/integration/engine/owned-session.test.ts'

/** What is done when a connection, or an ownership, ends. */
export const ENDINGS: readonly Mutant[] = [
  {
    name: 'a-401-that-reconnects',
    invariant: 'I9',
    what: 'a session that was logged out dials again',
    edits: [
      {
        file: VERDICT,
        find: `return stop(kind, 'LOGGED_OUT', 'logged-out')`,
        replace: `return again(kind, 'connection-lost', backoffMs(policy.network, 1, random))`,
      },
    ],
    noticedBy: { file: OWNED_TEST, tests: 'after a disconnect with 401 nobody dials any more' },
  },
  {
    name: 'credentials-deleted-on-log-out',
    invariant: 'I6',
    what: 'the phone that unlinks the device ends its credentials here as well',
    edits: [
      {
        file: 'runner/src/session/session-memory.ts',
        find: "this.#write({ loggedOut: '1' })",
        replace: "this.#state.change({ creds: '{}', keys: { meta: { loggedOut: '1' } } })",
      },
    ],
    noticedBy: { file: OWNED_TEST, tests: 'with 401 the credentials stay where they are' },
  },
  {
    name: 'not-put-aside',
    invariant: 'I6',
    what: 'what a log-out leaves is not saved in an object that is named',
    edits: [
      {
        file: 'runner/src/session/connection/connection-keeper.ts',
        find: `if (action === 'stop' && decision.state === 'LOGGED_OUT') await this.#archive(engine)`,
        replace: '',
      },
    ],
    noticedBy: { file: OWNED_TEST, tests: 'with 401 the credentials stay where they are' },
  },
  {
    name: 'a-ban-that-reconnects',
    invariant: 'I9',
    what: 'a banned session dials again',
    edits: [{ file: VERDICT, find: '    case 402:\n    case 403:\n    case 406:\n', replace: '    case 402:\n    case 406:\n' }],
    noticedBy: { file: OWNED_TEST, tests: 'after a disconnect with 403 nobody dials any more' },
  },
  {
    name: 'a-440-that-fights',
    invariant: 'I9',
    what: 'a session that was replaced twice within the hour takes its place back',
    edits: [
      {
        file: VERDICT,
        find: 'if (context.replacedWithinHour > 0) return',
        replace: 'if (context.replacedWithinHour > 1e9) return',
      },
    ],
    noticedBy: { file: VERDICT_TEST, tests: 'what was replaced twice within the hour does not reconnect' },
  },
  {
    name: 'a-440-at-once',
    invariant: 'I9',
    what: 'a session that was replaced dials again without waiting',
    edits: [
      {
        file: VERDICT,
        find: 'Math.round(min + (max - min) * random.fraction())',
        replace: '0 * (min + max + random.fraction())',
      },
    ],
    noticedBy: { file: OWNED_TEST, tests: 'because another connection took its place it waits' },
  },
  {
    name: 'halted-until-the-next-owner',
    invariant: 'I9',
    what: 'the next owner of a session that nobody may dial does not know it',
    edits: [
      {
        file: 'runner/src/session/owned-session.ts',
        find: 'const waitsForSomebody = (halted && !isStateTrouble(session.reason)) || this.#quarantine.isQuarantined',
        replace: 'const waitsForSomebody = this.#quarantine.isQuarantined',
      },
    ],
    noticedBy: { file: OWNED_TEST, tests: 'after a disconnect with 403 nobody dials any more' },
  },
  {
    name: 'failures-forgotten',
    invariant: 'I9',
    what: 'the next owner does not wait for what the last one was waiting for',
    edits: [
      {
        file: 'runner/src/session/connection/reconnection.ts',
        find: 'const remembered = this.#hasRecalled ? null : memory.failures',
        replace: 'const remembered = this.#hasRecalled ? memory.failures : null',
      },
    ],
    noticedBy: { file: 'runner/src/session/connection/reconnection.test.ts', tests: 'waits for the rest of the time' },
  },
  {
    name: 'over-when-it-opens',
    invariant: 'I9',
    what: 'a row of failures ends when a connection opens, although it did not last',
    edits: [
      { file: 'runner/src/session/connection/failures.ts', find: 'const STABLE_MS = 10_000', replace: 'const STABLE_MS = 0' },
    ],
    noticedBy: {
      file: 'runner/src/session/connection/failures.test.ts',
      tests: 'goes on when a connection was ended right after',
    },
  },
  {
    name: 'no-pacing',
    invariant: 'I9',
    what: 'a thousand sessions dial at once',
    edits: [{ file: 'runner/src/supervisor/dial-pacer.ts', find: 'next && this.#waitMs() <= 0; next', replace: 'next; next' }],
    noticedBy: { file: 'runner/src/supervisor/dial-pacer.test.ts', tests: 'a thousand sessions' },
  },
  {
    name: 'no-release-when-leaving',
    invariant: 'I11',
    what: 'a runner that leaves does not give its sessions up',
    edits: [
      {
        file: 'runner/src/session/hand-over.ts',
        find: `await journal.whenDurable(append({ kind: 'release', writes, onWritten, onRefused, onEnd: reject }))\n  await written`,
        replace: 'void [append, writes, onWritten, onRefused, reject, written]',
      },
    ],
    noticedBy: { file: 'test/integration/engine/supervisor.test.ts', tests: 'take over the sessions of one that leaves' },
  },
  {
    name: 'runner-stays-on-the-list',
    invariant: 'I11',
    what: 'a runner that left stays on the list',
    edits: [
      {
        file: 'runner/src/supervisor/heartbeat.ts',
        find: `await this.#options.documents.commit([{ kind: 'delete', path: this.#path }])`,
        replace: '',
      },
    ],
    noticedBy: { file: 'test/integration/engine/supervisor.test.ts', tests: 'take over the sessions of one that leaves' },
  },
  {
    name: 'timer-left-behind',
    invariant: 'I11',
    what: 'a turn to dial that is not wanted any more leaves its timer',
    edits: [
      { file: 'runner/src/supervisor/dial-pacer.ts', find: 'if (this.#waiting.length === 0) this.#cancelNext?.()', replace: '' },
    ],
    noticedBy: { file: 'runner/src/supervisor/dial-pacer.test.ts', tests: 'leaves no timer behind' },
  },
]
