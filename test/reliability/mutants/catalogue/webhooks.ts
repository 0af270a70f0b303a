import type { Mutant } from '../mutant.ts'

const SENDING_TEST = 'test/integration/queue/webhooks.test.ts'
const INTERRUPTED_TEST = 'test/integration/queue/interrupted-webhooks.test.ts'
const REDRIVEN_TEST = 'test/integration/queue/redriven-webhooks.test.ts'
const PROJECTION_TEST = 'runner/src/session/events/webhook-projection.test.ts'

/** Mutants of what end points are told: at least once, in the same bytes, in order, and without being called all the time. */
export const WEBHOOKS: readonly Mutant[] = [
  {
    name: 'webhook-delivered-before-it-is-sent',
    invariant: 'beside',
    what: 'an event is lost when the process dies while it sends it',
    edits: [
      {
        in: 'attemptAt',
        find: 'firstAttemptAt: delivery.firstAttemptAt ?? new Date(nowMs)',
        replace: "status: 'delivered', waitsIn: null, firstAttemptAt: new Date(nowMs)",
      },
    ],
    noticedBy: { file: SENDING_TEST, tests: 'sends an event again, in the same bytes under one id' },
  },
  {
    name: 'webhook-in-other-bytes',
    invariant: 'beside',
    what: 'an event that is told again has other bytes',
    edits: [{ in: 'webhook-deliveries.ts:bodyOf', find: 'timestamp: at.getTime()', replace: 'timestamp: Math.random()' }],
    noticedBy: { file: PROJECTION_TEST, tests: 'have the same ids and bytes however often the event is told' },
  },
  {
    name: 'webhook-under-another-id',
    invariant: 'beside',
    what: 'an event that is told again has another id',
    edits: [{ in: 'eventIdOf', find: '...key', replace: '...key, Math.random()' }],
    noticedBy: { file: PROJECTION_TEST, tests: 'have the same ids and bytes however often the event is told' },
  },
  {
    name: 'webhook-sent-by-each-task',
    invariant: 'beside',
    what: 'two tasks of a lane send the same event',
    edits: [
      {
        in: 'attemptAt',
        find: '!(await writeUnlessChanged(documents, snapshot.path, snapshot, begun))',
        replace: "!(await documents.commit([{ kind: 'merge', path: snapshot.path, fields: begun }]).then(() => true))",
      },
    ],
    noticedBy: { file: SENDING_TEST, tests: 'sends its events one after the other, and none twice' },
  },
  {
    name: 'webhook-overtakes',
    invariant: 'beside',
    what: 'a later event of a chat comes before an earlier one',
    edits: [{ in: 'headsOf', find: "'asc'", replace: "'desc'" }],
    noticedBy: { file: SENDING_TEST, tests: 'sends its events one after the other, and none twice' },
  },
  {
    name: 'webhook-lost-with-its-task',
    invariant: 'beside',
    what: 'nobody finds an event whose owner died between the commit and the task',
    edits: [{ in: 'sweepWebhooks', find: 'head && isDue(head, nowMs)', replace: 'false' }],
    noticedBy: { file: SENDING_TEST, tests: 'whose tasks were all lost is found by the sweep' },
  },
  {
    name: 'webhook-that-waits-for-nobody',
    invariant: 'beside',
    what: 'an event leaves its lane with its first attempt, and the next one overtakes it when the process dies there',
    edits: [{ in: 'attemptAt', find: 'attempts, firstAttemptAt', replace: 'attempts, waitsIn: null, firstAttemptAt' }],
    noticedBy: { file: INTERRUPTED_TEST, tests: 'a call that dies after, at an end point that answers 500' },
  },
  {
    name: 'webhook-redriven-by-anybody',
    invariant: 'beside',
    what: 'an event that was given up is sent again for a key of another tenant',
    edits: [
      {
        in: 'redriveOne',
        find: 'await find(needed, principal, id)',
        replace: 'await find(needed, { ...principal, tenant: "default" }, id)',
      },
    ],
    noticedBy: { file: REDRIVEN_TEST, tests: 'is nobody’s but its tenant’s' },
  },
  {
    name: 'webhook-not-told-of-expiry',
    invariant: 'beside',
    what: 'nobody is told of a message that functions let expire',
    edits: [{ in: 'makeDue', find: ', ...told]', replace: ']' }],
    noticedBy: { file: 'test/integration/queue/make-due.test.ts', tests: 'fails when its task comes, and is not sent' },
  },
  {
    name: 'webhook-not-told-of-a-mark',
    invariant: 'beside',
    what: 'nobody is told that a session has lost its owner',
    edits: [{ in: 'withTold', find: ', ...deliveries]', replace: ']' }],
    noticedBy: {
      file: 'test/integration/engine/marked-session.test.ts',
      tests: 'is marked, and the owner that is alive after all states the truth again',
    },
  },
  {
    name: 'webhook-not-told-of-the-truth',
    invariant: 'beside',
    what: 'nobody is told that a session which was said to have lost its owner has one',
    edits: [{ in: 'SessionStatus.#tellAfter', find: 'this.#tell(this.#state)', replace: 'null' }],
    noticedBy: {
      file: 'test/integration/engine/marked-session.test.ts',
      tests: 'is marked, and the owner that is alive after all states the truth again',
    },
  },
  {
    name: 'webhook-hammers',
    invariant: 'beside',
    what: 'an end point that fails is called by every chat',
    edits: [{ in: 'circuitOf', value: "{ return { state: 'closed' } }" }],
    noticedBy: { file: SENDING_TEST, tests: 'that fails is left alone but for one probe' },
  },
  {
    name: 'webhooks-of-a-lane-stop-at-a-change',
    invariant: 'beside',
    what: 'a lane has no task any more because the sweep wrote to one of its events',
    edits: [{ in: 'overtaken', find: "'changed'", replace: "'waits'" }],
    noticedBy: { file: SENDING_TEST, tests: 'goes on when the sweep writes to what waits in it' },
  },
  {
    name: 'webhook-of-before-the-change',
    invariant: 'beside',
    what: 'a task goes on with what it read before somebody wrote to it',
    edits: [{ in: 'sendLane', find: "if (outcome === 'changed') break", replace: '' }],
    noticedBy: { file: SENDING_TEST, tests: 'keeps its order when somebody writes to the next of its events' },
  },
]
