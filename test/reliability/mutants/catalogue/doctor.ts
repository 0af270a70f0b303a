import type { Mutant } from '../mutant.ts'

const MARK_TEST = 'test/integration/engine/marked-session.test.ts'
const RECOVERIES_TEST = 'test/integration/fleet/recoveries.test.ts'
const API_TEST = 'test/integration/api/recoveries.test.ts'
const ACTION_TEST = 'test/integration/engine/cancelled-action.test.ts'
const RUNNER_TEST = 'test/integration/engine/runner-actions.test.ts'
const VOUCHING_TEST = 'functions/src/use-cases/recoveries/vouching.test.ts'

/** Mutants of what the sweep and the API do to sessions that nobody vouches for, and that are lost. */
export const DOCTOR: readonly Mutant[] = [
  {
    name: 'marked-in-any-version',
    invariant: 'beside',
    what: 'the sweep marks a session over a claim that it has not seen',
    edits: [{ in: 'withTold.mark', find: ', unlessChangedSince: snapshot', replace: '' }],
    noticedBy: { file: MARK_TEST, tests: 'is marked once by two sweeps at once, and not at all over a claim in between' },
  },
  {
    name: 'a-mark-that-stays',
    invariant: 'beside',
    what: 'an owner that is alive after all leaves the mark of the sweep in the document',
    edits: [{ in: 'OwnedSession.restate', find: 'this.#marked = ', replace: 'void ' }],
    noticedBy: { file: MARK_TEST, tests: 'is marked, and the owner that is alive after all states the truth again' },
  },
  {
    name: 'marked-before-the-claim',
    invariant: 'beside',
    what: 'the sweep marks sessions while another runner is about to claim them',
    edits: [{ in: 'LIMITS_UNTIL_MARK', value: '1' }],
    noticedBy: { file: VOUCHING_TEST, tests: 'that has an owner that is silent for its limit' },
  },
  {
    name: 'recovered-without-a-budget',
    invariant: 'beside',
    what: 'the sweep asks for recoveries of a session without an end',
    edits: [{ in: 'MOST_OF_SESSION', value: '1000' }],
    noticedBy: { file: RECOVERIES_TEST, tests: 'gets three in six hours, with pauses, and then a veto that is recorded once' },
  },
  {
    name: 'recovered-in-an-outage',
    invariant: 'beside',
    what: 'the sweep takes an outage for sick sessions',
    edits: [{ in: 'wishesOf.inOutage', value: '[] as SessionFact[]' }],
    noticedBy: {
      file: RECOVERIES_TEST,
      tests: 'that explains the loss lets nobody recover, and is vetoed once for all its sessions',
    },
  },
  {
    name: 'recovered-beside-another',
    invariant: 'beside',
    what: 'the sweep asks for a recovery while another one of the session is open',
    edits: [{ in: 'withinBudgets', find: 'view.open.has(fact.sessionId) || ', replace: '' }],
    noticedBy: { file: RECOVERIES_TEST, tests: 'gets none while an action on it is open, whoever asked' },
  },
  {
    name: 'ended-in-any-version',
    invariant: 'beside',
    what: 'the sweep ends an action that an owner has just begun',
    edits: [{ in: 'end-stuck.ts:write', find: 'action, fields', replace: 'await documents.read(action.path), fields' }],
    noticedBy: { file: RECOVERIES_TEST, tests: 'is left to an owner that is quicker' },
  },
  {
    name: 'cancelled-in-any-version',
    invariant: 'beside',
    what: 'an action is cancelled that an owner has just begun',
    edits: [
      {
        in: 'settle-action.ts:settled',
        find: 'writeUnlessChanged(documents, snapshot.path, snapshot, fields)',
        replace: "documents.commit([{ kind: 'merge', path: snapshot.path, fields }]).then(() => true)",
      },
    ],
    noticedBy: {
      file: API_TEST,
      tests: 'that meets an approval or the owner leaves one of both, and both answers tell the truth',
    },
  },
  {
    name: 'begun-although-cancelled',
    invariant: 'beside',
    what: 'an owner performs an action that somebody has cancelled meanwhile',
    edits: [{ in: 'Actions.#start', find: 'unlessChanged: [found],', replace: '' }],
    noticedBy: {
      file: ACTION_TEST,
      tests: 'an action that is cancelled between the look of its owner and its beginning is not performed',
    },
  },
  {
    name: 'a-restart-although-cancelled',
    invariant: 'beside',
    what: 'a runner restarts although somebody has cancelled that meanwhile',
    edits: [{ in: 'RunnerActions.#begin', find: ', unlessChangedSince: snapshot', replace: '' }],
    noticedBy: {
      file: RUNNER_TEST,
      tests: 'a restart that is cancelled between the look of the runner and its write is not begun',
    },
  },
]
