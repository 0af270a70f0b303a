import type { Mutant } from '../mutant.ts'

const ANSWERS_TEST = 'test/integration/fleet/health-answers.test.ts'
const WRITTEN_TEST = 'test/integration/fleet/write-health.test.ts'

/** Mutants of what the sweep knows and says about the health of the installation. */
export const HEALTH: readonly Mutant[] = [
  {
    name: 'stale-health-believed',
    invariant: 'beside',
    what: 'GET /health shows for ever what a sweep wrote that does not run any more',
    edits: [{ in: 'believed', when: 'snapshot.silentForMs', becomes: 'false' }],
    noticedBy: { file: ANSWERS_TEST, tests: 'is not believed when the sweep has not renewed it' },
  },
  {
    name: 'health-of-unseen-sessions-removed',
    invariant: 'beside',
    what: 'a session that a run of the sweep could not look at is taken for well',
    edits: [{ in: 'removals.mayBeUnwell', value: '() => false' }],
    noticedBy: { file: WRITTEN_TEST, tests: 'keeps the documents of sessions that one run could not look at' },
  },
  {
    name: 'health-of-well-sessions-kept',
    invariant: 'beside',
    what: 'a session that is well again stays in the console as sick',
    edits: [{ in: 'removals.isOver', value: '(scope: string) => scope.startsWith(runnerScope(``)) && !mayBeAlive.has(scope)' }],
    noticedBy: { file: WRITTEN_TEST, tests: 'until it is well again' },
  },
  {
    name: 'two-sweeps-write-the-health',
    invariant: 'beside',
    what: 'two sweeps at once both count the same minute',
    edits: [
      {
        in: 'unlessChanged',
        value: "(path: string, _: unknown, fields: Fields): Change => ({ kind: 'merge', path, fields })",
      },
    ],
    noticedBy: { file: WRITTEN_TEST, tests: 'is written by one of two runs at once' },
  },
  {
    name: 'counters-fall',
    invariant: 'beside',
    what: 'what a runner counted is forgotten with its document, and Prometheus sees a counter fall',
    edits: [{ in: 'nextTotals', find: 'left.map(([, totals]) => totals).reduce(sumOf, gone)', replace: 'gone' }],
    noticedBy: { file: WRITTEN_TEST, tests: 'has totals that never fall' },
  },
  {
    name: 'forgotten-sessions-unseen',
    invariant: 'beside',
    what: 'nobody looks at a session whose live owner does not know of it',
    edits: [{ in: 'notVouchedFor', when: 'wanted <= named.size - stopping.length + others.length', becomes: 'true' }],
    noticedBy: { file: 'test/integration/fleet/fleet-facts.test.ts', tests: 'hide no session that its owner has forgotten' },
  },
  {
    name: 'dead-sweep-unnoticed',
    invariant: 'beside',
    what: 'nobody says that the sweep does not run',
    edits: [{ in: 'SweepWatch.look', when: 'silentForMs > DEAD_AFTER_MS', becomes: 'false' }],
    noticedBy: { file: 'test/integration/fleet/sweep-watch.test.ts', tests: 'raise one alert' },
  },
]
