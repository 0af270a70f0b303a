import type { Mutant } from '../mutant.ts'

/** Mutants of moving sessions in and out, and of their proxies. */
export const MOVING: readonly Mutant[] = [
  {
    name: 'handed-out-session-opened',
    invariant: 'I4',
    what: 'a runner opens a session whose keys are on their way, or were handed out',
    edits: [{ in: 'isHandedOut', value: 'false' }],
    noticedBy: { file: 'test/integration/moving/cut-short.test.ts', tests: 'at any commit lets no runner open the session' },
  },
  {
    name: 'moved-without-reading-back',
    invariant: 'beside',
    what: 'two states of a moved session count as equal whatever they hold',
    edits: [{ in: 'differenceOf', value: '{ return null }' }],
    noticedBy: { file: 'runner/src/moving/state-difference.test.ts', tests: 'a difference of two states' },
  },
  {
    name: 'old-owner-fought',
    invariant: 'I9',
    what: 'a session that was moved in dials against its old owner',
    edits: [{ in: 'afterReplacement', when: 'context.isArriving', becomes: 'false' }],
    noticedBy: { file: 'runner/src/session/connection/reconnection.test.ts', tests: 'gives up when its old owner connects' },
  },
  {
    name: 'past-the-proxy',
    invariant: 'beside',
    what: 'a session whose proxy cannot be used connects without one',
    edits: [{ in: 'usableProxy', value: '{ return null }' }],
    noticedBy: { file: 'test/system/proxy.test.ts', tests: 'a session with a proxy connects through it and never without it' },
  },
]
