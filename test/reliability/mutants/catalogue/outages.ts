import type { Mutant } from '../mutant.ts'

const BREAKER_TEST = 'runner/src/network/dial-breaker.test.ts'
const WATCH_TEST = 'runner/src/network/network-watch.test.ts'
const OUTAGE_TEST = 'core/src/operations/outage.test.ts'
const RECONNECTION_TEST = 'runner/src/session/connection/reconnection.test.ts'

/** Mutants of how outages are told from sick sessions, and of what sessions do in them. */
export const OUTAGES: readonly Mutant[] = [
  {
    name: 'no-breaker',
    invariant: 'I9',
    what: 'all sessions dial WhatsApp during an outage',
    edits: [{ in: 'DialBreaker.waitMs', value: '{ return 0 }' }],
    noticedBy: { file: BREAKER_TEST, tests: 'no session dials, and each says why it waits' },
  },
  {
    name: 'no-ramp',
    invariant: 'I9',
    what: 'all sessions dial at once when an outage is over',
    edits: [{ in: 'DialBreaker.cameThrough', call: 'this.#enter', becomes: `this.#enter('closed')` }],
    noticedBy: { file: BREAKER_TEST, tests: 'the others follow in a ramp' },
  },
  {
    name: 'attempts-spent-in-an-outage',
    invariant: 'I6',
    what: 'failures in an outage count as a failure of the session, until it needs attention',
    edits: [{ in: 'Failures.count.inOutage', value: 'false' }],
    noticedBy: { file: RECONNECTION_TEST, tests: 'spends no attempt, however long WhatsApp refuses' },
  },
  {
    name: 'attempts-not-given-back',
    invariant: 'I6',
    what: 'attempts from before the verdict stay spent',
    edits: [{ in: 'Reconnection.excuse', value: '{}' }],
    noticedBy: { file: RECONNECTION_TEST, tests: 'gives back the attempts since its first sign' },
  },
  {
    name: 'a-verdict-for-ever',
    invariant: 'beside',
    what: 'a verdict on the fleet that nobody renews keeps sessions offline',
    edits: [{ in: 'outageFor', when: 'silentForMs', becomes: 'false' }],
    noticedBy: { file: OUTAGE_TEST, tests: 'counts for nothing when nobody has renewed it' },
  },
  {
    name: 'one-runner-speaks-for-all',
    invariant: 'beside',
    what: 'the trouble of one runner counts as an outage of the fleet while others reach WhatsApp',
    edits: [{ in: 'fleetOutage', when: 'reaching.length > 0', becomes: 'false' }],
    noticedBy: { file: OUTAGE_TEST, tests: 'takes no outage of one runner for one of the fleet' },
  },
  {
    name: 'one-session-speaks-for-all',
    invariant: 'beside',
    what: 'the trouble of one session counts as an outage',
    edits: [
      { in: 'isMassFailure', when: 'failing * 2 > sessions', becomes: 'true' },
      { in: 'MASS_OF_SESSIONS', value: '1' },
    ],
    noticedBy: { file: WATCH_TEST, tests: 'a session that fails alone is its own trouble' },
  },
]
