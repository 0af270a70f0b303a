import type { Mutant } from '../mutant.ts'

const VERDICT_TEST = 'core/src/session/disconnect-policy.test.ts'
const OWNED_TEST = 'test/integration/engine/owned-session.test.ts'

/** Mutants of the end of a connection or an ownership. */
export const ENDINGS: readonly Mutant[] = [
  {
    name: 'a-401-that-reconnects',
    invariant: 'I9',
    what: 'a session that was logged out dials again',
    edits: [
      {
        in: 'verdict',
        find: `stop(kind, 'LOGGED_OUT', 'logged-out')`,
        replace: `again(kind, 'connection-lost', backoffMs(policy.network, 1, random))`,
      },
    ],
    noticedBy: { file: OWNED_TEST, tests: 'a disconnect with 401 ends all dialling' },
  },
  {
    name: 'credentials-deleted-on-log-out',
    invariant: 'I6',
    what: 'a log-out by the phone deletes the stored credentials',
    edits: [
      {
        in: 'SessionMemory.rememberLogout',
        call: 'this.#write',
        becomes: `this.#state.change({ creds: '{}', keys: { meta: { loggedOut: '1' } } })`,
      },
    ],
    noticedBy: { file: OWNED_TEST, tests: 'with 401 keeps the credentials in place' },
  },
  {
    name: 'not-put-aside',
    invariant: 'I6',
    what: 'the state of a logged-out session is not put aside in an object',
    edits: [{ in: 'judgeEnd', drop: 'archiveCredentials' }],
    noticedBy: { file: OWNED_TEST, tests: 'with 401 keeps the credentials in place' },
  },
  {
    name: 'a-ban-that-reconnects',
    invariant: 'I9',
    what: 'a banned session dials again',
    edits: [{ in: 'classify', find: 'case 403:', replace: '' }],
    noticedBy: { file: OWNED_TEST, tests: 'a disconnect with 403 ends all dialling' },
  },
  {
    name: 'a-440-that-fights',
    invariant: 'I9',
    what: 'a session that was replaced twice within the hour dials again',
    edits: [{ in: 'afterReplacement', when: 'context.replacedWithinHour', becomes: 'false' }],
    noticedBy: { file: VERDICT_TEST, tests: 'does not reconnect a session that was replaced twice within the hour' },
  },
  {
    name: 'a-440-at-once',
    invariant: 'I9',
    what: 'a session that was replaced dials again without waiting',
    edits: [{ in: 'afterReplacement.delayMs', value: '0' }],
    noticedBy: { file: OWNED_TEST, tests: 'because of another connection makes the owner wait' },
  },
  {
    name: 'halted-until-the-next-owner',
    invariant: 'I9',
    what: 'the next owner of a halted session dials',
    edits: [{ in: 'SessionParts.constructor.mustWait', when: 'waitsForOperator(session)', becomes: 'false' }],
    noticedBy: { file: OWNED_TEST, tests: 'a disconnect with 403 ends all dialling' },
  },
  {
    name: 'damage-ends-a-ban',
    invariant: 'I9',
    what: 'damage of the state replaces the reason for which a session waits, and the repair ends its wait',
    edits: [{ in: 'SessionImage.#showTrouble', when: 'reconnection.isHalted', becomes: 'false' }],
    noticedBy: {
      file: 'test/integration/engine/bad-state.test.ts',
      tests: 'of a banned account stays banned while its owner cannot read it',
    },
  },
  {
    name: 'failures-forgotten',
    invariant: 'I9',
    what: 'the next owner does not keep to the wait of the last one',
    edits: [{ in: 'Reconnection.recall.remembered', when: 'this.#hasRecalled', becomes: '!this.#hasRecalled' }],
    noticedBy: { file: 'runner/src/session/connection/reconnection.test.ts', tests: 'waits for the rest of the time' },
  },
  {
    name: 'over-when-it-opens',
    invariant: 'I9',
    what: 'a row of failures ends when a connection opens, although it did not last',
    edits: [{ in: 'STABLE_MS', value: '0' }],
    noticedBy: {
      file: 'runner/src/session/connection/failures.test.ts',
      tests: 'goes on when a connection ended right after',
    },
  },
  {
    name: 'no-pacing',
    invariant: 'I9',
    what: 'a thousand sessions dial at once',
    edits: [{ in: 'DialPacer.#grant', when: 'this.#waitMs()', becomes: 'true' }],
    noticedBy: { file: 'runner/src/supervisor/dial-pacer.test.ts', tests: 'a thousand sessions' },
  },
  {
    name: 'no-release-when-leaving',
    invariant: 'I11',
    what: 'a runner that leaves does not release its sessions',
    edits: [
      { in: 'releaseSession', drop: 'whenDurable' },
      { in: 'releaseSession', drop: 'written' },
    ],
    noticedBy: { file: 'test/integration/engine/supervisor.test.ts', tests: 'take over the sessions of one that leaves' },
  },
  {
    name: 'runner-stays-on-the-list',
    invariant: 'I11',
    what: 'a runner that left stays on the list',
    edits: [{ in: 'Heartbeat.stop', drop: 'documents.commit' }],
    noticedBy: { file: 'test/integration/engine/supervisor.test.ts', tests: 'take over the sessions of one that leaves' },
  },
  {
    name: 'timer-left-behind',
    invariant: 'I11',
    what: 'a turn to dial that was given up leaves its timer',
    edits: [{ in: 'DialPacer.#end', drop: 'this.#cancelNext' }],
    noticedBy: { file: 'runner/src/supervisor/dial-pacer.test.ts', tests: 'leaves no timer behind' },
  },
  {
    name: 'gate-goes-on-listening',
    invariant: 'I11',
    what: 'the gate of a connection that ended stays a listener of the journal',
    edits: [{ in: 'Gate.shut', drop: 'this.#unsubscribe' }],
    noticedBy: { file: 'runner/src/session/journal/gate.test.ts', tests: 'a shut gate no longer listens to the journal' },
  },
]
