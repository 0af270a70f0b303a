import type { Mutant } from '../mutant.ts'

const FAILOVER_TEST = 'test/integration/queue/failover.test.ts'
const DECISION_TEST = 'functions/src/use-cases/failover-decision.test.ts'
const DUE_TEST = 'test/integration/queue/make-due.test.ts'
const SWEEP_TEST = 'test/integration/queue/sweep.test.ts'
const ATTEMPTS_TEST = 'core/src/message/attempts.test.ts'
const ARCHIVE_TEST = 'test/integration/api/archive.test.ts'
const MAINTAIN_TEST = 'test/integration/queue/maintain.test.ts'
const POOL_TEST = 'test/integration/api/pool-messages.test.ts'
const FEED_TEST = 'test/integration/engine/job-feed.test.ts'
const STATUS_TEST = 'runner/src/session/session-status.test.ts'

/** Mutants of what tasks and schedules do with jobs: due times, moves to other sessions, and the archive. */
export const FAILOVER: readonly Mutant[] = [
  {
    name: 'moved-in-any-version',
    invariant: 'beside',
    what: 'a message moves although its owner has taken it meanwhile',
    edits: [{ in: 'moveJob', find: ', unlessChangedSince: snapshot', replace: '' }],
    noticedBy: { file: FAILOVER_TEST, tests: 'that meets the owner, who has taken the message meanwhile' },
  },
  {
    name: 'moved-from-the-wire',
    invariant: 'beside',
    what: 'a message moves that may be on the wire',
    edits: [{ in: 'decideMove', when: 'isCertainlyUnsent', becomes: 'false' }],
    noticedBy: { file: DECISION_TEST, tests: 'stays, because it may be on the wire' },
  },
  {
    name: 'an-unanswered-attempt-forgotten',
    invariant: 'beside',
    what: 'a message counts as unsent when only its last attempt was refused',
    edits: [{ in: 'isCertainlyUnsent', find: 'timeline.every(', replace: 'timeline.slice(-2).every(' }],
    noticedBy: { file: ATTEMPTS_TEST, tests: 'may be on the wire' },
  },
  {
    name: 'moved-with-the-old-seal',
    invariant: 'beside',
    what: 'the next session gets content that only the former one can open',
    edits: [{ in: 'moveJob', call: 'sealJobContent', becomes: 'job.content' }],
    noticedBy: { file: FAILOVER_TEST, tests: 'moves to the next session of its pool' },
  },
  {
    name: 'moved-back-and-forth',
    invariant: 'beside',
    what: 'a message goes back to the session from which WhatsApp refused it',
    edits: [{ in: 'decideMove.left', value: 'new Set()' }],
    noticedBy: { file: DECISION_TEST, tests: 'does not go back to a session that refused it' },
  },
  {
    name: 'moved-out-of-local-mode',
    invariant: 'beside',
    what: 'a message moves where its document lags behind the journal',
    edits: [{ in: 'sweepQueue.moved', find: 'dependencies.jobsLag ? 0 : ', replace: '' }],
    noticedBy: { file: FAILOVER_TEST, tests: 'stays in storage mode `local`' },
  },
  {
    name: 'chat-moved-out-of-order',
    invariant: 'beside',
    what: 'the messages of a chat reach the next session in another order',
    edits: [{ in: 'fail-over.ts:inOrder', value: '(one, other) => acceptedAt(other) - acceptedAt(one)' }],
    noticedBy: { file: FAILOVER_TEST, tests: 'moves with the others of its chat' },
  },
  {
    name: 'pool-hashed-by-session',
    invariant: 'beside',
    what: 'a repeated request for a pool is refused because another session of it is the first one by then',
    edits: [{ in: 'hashedTextOf.parts', find: 'pool === null ? sessionId : `pool:${pool}`', replace: 'sessionId' }],
    noticedBy: { file: POOL_TEST, tests: 'although another session of the pool is the first one by then' },
  },
  {
    name: 'outage-begins-anew',
    invariant: 'beside',
    what: 'each attempt to reconnect begins another outage, so that none is ever long',
    edits: [{ in: 'SessionStatus.#downSinceAs', find: 'this.#downSinceMs ?? this.#clock.now()', replace: 'this.#clock.now()' }],
    noticedBy: { file: STATUS_TEST, tests: 'goes on under the next owner' },
  },
  {
    name: 'requeued-unheard',
    invariant: 'beside',
    what: 'a runner does not hear that the newest job has returned to the queue',
    edits: [{ in: 'JobListener.#isNews', find: 'queuedAt(document) > this.#fetchedUpTo', replace: 'false' }],
    noticedBy: { file: FEED_TEST, tests: 'the newest job is delivered again' },
  },
  {
    name: 'due-in-any-version',
    invariant: 'beside',
    what: 'a task puts a job into the queue that its owner has taken meanwhile',
    edits: [{ in: 'makeDue', find: ', unlessChangedSince: job', replace: '' }],
    noticedBy: { file: DUE_TEST, tests: 'two retry owners' },
  },
  {
    name: 'task-of-another-attempt',
    invariant: 'beside',
    what: 'a task of an earlier attempt puts a job into the queue',
    edits: [{ in: 'handleDueTask.isOfTask', value: '() => true' }],
    noticedBy: { file: DUE_TEST, tests: 'of an earlier attempt' },
  },
  {
    name: 'lost-tasks-stay-lost',
    invariant: 'beside',
    what: 'a job whose task was lost waits for ever',
    edits: [{ in: 'OVERDUE_AFTER_MS', value: '10 * 24 * 60 * 60 * 1000' }],
    noticedBy: { file: SWEEP_TEST, tests: 'is put into the queue a minute after its time' },
  },
  {
    name: 'expired-on-the-wire',
    invariant: 'beside',
    what: 'a message that may be on the wire is called failed, and is sent all the same',
    edits: [{ in: 'isExpired', when: 'isCertainlyUnsent', becomes: 'true' }],
    noticedBy: { file: ATTEMPTS_TEST, tests: 'never expires when it may be on the wire' },
  },
  {
    name: 'archived-in-any-version',
    invariant: 'beside',
    what: 'a receipt that comes during the archiving is lost',
    edits: [{ in: 'archiveJob', find: ', unlessChangedSince: snapshot', replace: '' }],
    noticedBy: { file: ARCHIVE_TEST, tests: 'leaves a job alone that has changed meanwhile' },
  },
  {
    name: 'archive-not-read-back',
    invariant: 'beside',
    what: 'a job shrinks to a tombstone although its object holds something else',
    edits: [{ in: 'writeArchive', when: 'isDeepStrictEqual', becomes: 'false' }],
    noticedBy: { file: ARCHIVE_TEST, tests: 'keeps the job when the object has another content' },
  },
  {
    name: 'tombstones-in-lists',
    invariant: 'beside',
    what: 'lists and figures find archived jobs',
    edits: [{ in: 'tombstoneOf', find: 'acceptedAt: createdAt', replace: 'createdAt, acceptedAt: createdAt' }],
    noticedBy: { file: ARCHIVE_TEST, tests: 'is found by no query' },
  },
  {
    name: 'archived-by-acceptance',
    invariant: 'beside',
    what: 'a message that was scheduled long ahead is archived as soon as it is sent',
    edits: [{ in: 'lastChangeOf', value: '({ createdAt }) => createdAt.getTime()' }],
    noticedBy: { file: MAINTAIN_TEST, tests: 'counts from the last thing that happened' },
  },
]
