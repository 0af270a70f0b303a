import type { Mutant } from '../mutant.ts'

const LADDER_TEST = 'core/src/session/recovery-ladder.test.ts'
const HEARING_TEST = 'runner/src/session/hearing/hearing.test.ts'
const ENGINE_TEST = 'test/integration/engine/recovery.test.ts'

/** Mutants of recoveries: what may be done to a session, when, and on which evidence. */
export const RECOVERY: readonly Mutant[] = [
  {
    name: 'steps-in-an-outage',
    invariant: 'beside',
    what: 'the ladder takes an outage for a sick session and climbs',
    edits: [{ in: 'nextStep', when: 'facts.isOutage', becomes: 'false' }],
    noticedBy: { file: LADDER_TEST, tests: 'lets no step be taken or proposed' },
  },
  {
    name: 'asked-steps-in-an-outage',
    invariant: 'beside',
    what: 'a step that was asked for is taken in an outage',
    edits: [{ in: 'onRequest', when: 'facts.isOutage', becomes: 'false' }],
    noticedBy: { file: LADDER_TEST, tests: 'lets no step be taken or proposed' },
  },
  {
    name: 'silence-as-evidence',
    invariant: 'beside',
    what: 'a session to which nobody writes counts as deaf',
    edits: [{ in: 'judgeHearing', find: 'facts.unackedForMs', replace: 'facts.unackedForMs ?? facts.quietForMs' }],
    noticedBy: { file: HEARING_TEST, tests: 'of days is no evidence' },
  },
  {
    name: 'held-frames-as-evidence',
    invariant: 'beside',
    what: 'a session whose own gate holds its frames back counts as deaf',
    edits: [{ in: 'Hearing.looked', when: 'heldForMs', becomes: 'false' }],
    noticedBy: { file: HEARING_TEST, tests: 'when its own side holds everything back' },
  },
  {
    name: 'hints-without-a-budget',
    invariant: 'beside',
    what: 'a session is reconnected again and again because of hints',
    edits: [{ in: 'hear', when: 'limits.hintsEveryMs', becomes: 'false' }],
    noticedBy: { file: LADDER_TEST, tests: 'at most once in six hours' },
  },
  {
    name: 'steps-without-time',
    invariant: 'beside',
    what: 'all steps follow each other at once',
    edits: [{ in: 'climb', when: 'last.atMs + limits.pauseMs', becomes: 'false' }],
    noticedBy: { file: LADDER_TEST, tests: 'takes each step once and gives each its time' },
  },
  {
    name: 'own-record-performed',
    invariant: 'beside',
    what: 'runners take the record of a recovery for a request, and perform it a second time',
    edits: [{ in: 'isOwnersRecord', value: '() => false' }],
    noticedBy: { file: ENGINE_TEST, tests: 'climbs the ladder, over to another runner' },
  },
  {
    name: 'recovery-that-begins-anew',
    invariant: 'beside',
    what: 'the next owner counts a loss from its own claim, so that it seems short',
    edits: [{ in: 'Recovery.#goOn', find: 'sinceMs: since.getTime()', replace: 'sinceMs: this.#now' }],
    noticedBy: { file: ENGINE_TEST, tests: 'is continued by the next owner' },
  },
  {
    name: 'told-and-done-all-the-same',
    invariant: 'beside',
    what: 'with AUTO_RECOVERY=false the owner takes its steps',
    edits: [{ in: 'take', when: 'isAutomatic', becomes: 'true' }],
    noticedBy: { file: LADDER_TEST, tests: 'only tells what it would do' },
  },
]
