import type { Mutant } from '../mutant.ts'

const QUEUE_TEST = 'test/integration/queue/embedded-queue.test.ts'
const SCHEDULES_TEST = 'test/integration/queue/schedule-runs.test.ts'

/** Mutants of what API servers do where no functions are: the embedded queue and the schedules. */
export const EMBEDDED: readonly Mutant[] = [
  {
    name: 'name-taken-twice',
    invariant: 'beside',
    what: 'a task replaces another one of its name',
    edits: [{ in: 'DocumentTaskQueues.enqueue', find: "kind: 'create'", replace: "kind: 'merge'" }],
    noticedBy: { file: QUEUE_TEST, tests: 'the name of a task is free again' },
  },
  {
    name: 'delivered-before-its-time',
    invariant: 'beside',
    what: 'a task is delivered as soon as it is known',
    edits: [{ in: 'TaskDelivery.#look.inMs', value: '0' }],
    noticedBy: { file: QUEUE_TEST, tests: 'a task is delivered at its time, and not before' },
  },
  {
    name: 'delivered-by-each-server',
    invariant: 'beside',
    what: 'a server delivers a task although another one has begun to',
    edits: [{ in: 'TaskDelivery.#writeClaim', find: ', unlessChangedSince: snapshot', replace: '' }],
    noticedBy: { file: QUEUE_TEST, tests: 'of two servers one delivers a task' },
  },
  {
    name: 'task-dies-with-its-server',
    invariant: 'beside',
    what: 'a task whose server died over it never comes again',
    edits: [{ in: 'TaskDelivery.#claim', find: 'this.#in(LEASE_MS)', replace: 'new Date(1e14)' }],
    noticedBy: { file: QUEUE_TEST, tests: 'a task whose server died over it' },
  },
  {
    name: 'run-by-each-server',
    invariant: 'beside',
    what: 'two servers run a schedule at the same time',
    edits: [{ in: 'ScheduleRuns.#wins', find: ', unlessChangedSince: snapshot', replace: '' }],
    noticedBy: { file: SCHEDULES_TEST, tests: 'of three servers one runs it' },
  },
  {
    name: 'run-of-a-living-server',
    invariant: 'beside',
    what: 'a server takes a run of a schedule from another one that is alive',
    edits: [{ in: 'decideRun', when: 'runBy !== null', becomes: 'false' }],
    noticedBy: { file: SCHEDULES_TEST, tests: 'a run whose server died is left to it' },
  },
  {
    name: 'missed-for-ever',
    invariant: 'beside',
    what: 'a time of a schedule that came while no server was there is not caught up',
    edits: [{ in: 'decideRun.dueMs', value: 'nextTimeOf(times, Math.max(since.getTime(), nowMs - 1000))' }],
    noticedBy: { file: SCHEDULES_TEST, tests: 'while no server was there is caught up' },
  },
]
