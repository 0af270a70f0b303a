import type { Mutant } from '../mutant.ts'

const CRASH_RECORD_TEST = 'runner/src/session/quarantine/crash-record.test.ts'
const BAD_STATE_TEST = 'test/integration/engine/bad-state.test.ts'
const TENANTS_TEST = 'test/integration/api/tenants.test.ts'
const DEAD_CONNECTION_TEST = 'test/integration/engine/dead-connection.test.ts'

/** Mutants of the promises of docs/GUARANTEES.md beside the invariants, except those about messages and secrets. */
export const BESIDE: readonly Mutant[] = [
  {
    name: 'state-believed-without-a-heartbeat',
    invariant: 'beside',
    what: 'a session is shown as connected although its runner is silent',
    edits: [{ in: 'statusOf', when: 'heartbeat.silentForMs', becomes: 'false' }],
    noticedBy: {
      file: 'functions/src/use-cases/session-answer.test.ts',
      tests: 'is shown as starting when its runner is silent',
    },
  },
  {
    name: 'newer-revision-does-not-go-first',
    invariant: 'beside',
    what: 'while revisions change, a session goes to a runner of the old one, from which it has to move again',
    edits: [{ in: 'Supervisor.#claim', when: 'waits', becomes: 'false' }],
    noticedBy: {
      file: 'test/integration/engine/supervisor.test.ts',
      tests: 'the older one takes it after a moment',
    },
  },
  {
    name: 'tenant-of-documents-ignored',
    invariant: 'beside',
    what: 'a session or an action of another tenant is shown to a caller who knows its name',
    edits: [{ in: 'isOfTenant', value: '() => true' }],
    noticedBy: { file: TENANTS_TEST, tests: 'something of another tenant' },
  },
  {
    name: 'tenant-of-messages-ignored',
    invariant: 'beside',
    what: 'a message of another tenant is shown to a caller who knows its id',
    edits: [{ in: 'find-job.ts:mayKnow', when: 'tenant === principal.tenant', becomes: 'true' }],
    noticedBy: { file: TENANTS_TEST, tests: 'is unknown by either of its ids' },
  },
  {
    name: 'sessions-of-a-key-ignored',
    invariant: 'beside',
    what: 'a key for some sessions of a tenant reaches all of them',
    edits: [{ in: 'knowsSession', when: "sessions === 'all'", becomes: 'true' }],
    noticedBy: { file: TENANTS_TEST, tests: 'a key for some sessions' },
  },
  {
    name: 'role-of-a-key-ignored',
    invariant: 'beside',
    what: 'a key that may only read changes sessions',
    edits: [{ in: 'app.ts:register', drop: 'requireRole' }],
    noticedBy: { file: TENANTS_TEST, tests: 'decides about' },
  },
  {
    name: 'no-other-connection',
    invariant: 'beside',
    what: 'requests wait without end for a connection to Firestore that died in its handshake',
    edits: [{ in: 'RenewedFirestore.#watch', call: 'this.#renew', becomes: 'undefined' }],
    noticedBy: { file: DEAD_CONNECTION_TEST, tests: 'a connection that dies in its handshake is replaced' },
  },
  {
    name: 'answers-do-not-count',
    invariant: 'beside',
    what: 'a connection to Firestore that answers is given up while requests are always under way',
    edits: [{ in: 'RenewedFirestore.ask.end', find: 'isAnswered || client.asked === 0', replace: '!isAnswered' }],
    noticedBy: { file: DEAD_CONNECTION_TEST, tests: 'a connection that answers is kept' },
  },
  {
    name: 'ended-while-asked',
    invariant: 'beside',
    what: 'a replaced Firestore client is ended while a request is under way, which ends the process',
    edits: [{ in: 'RenewedFirestore.#renew', when: 'old.asked', becomes: 'true' }],
    noticedBy: { file: DEAD_CONNECTION_TEST, tests: 'a replaced client ends only after its last request' },
  },
  {
    name: 'never-quarantined',
    invariant: 'beside',
    what: 'a session that ends its runner again and again is opened for ever',
    edits: [{ in: 'FAILED_TRIALS', value: '1e9' }],
    noticedBy: { file: CRASH_RECORD_TEST, tests: 'is convicted by three failed trials' },
  },
  {
    name: 'accused-without-a-trial',
    invariant: 'beside',
    what: 'a session is quarantined for crashes that other sessions caused',
    edits: [{ in: 'atClaim.failsTrial', when: 'crashes.onTrial', becomes: 'true' }],
    noticedBy: { file: CRASH_RECORD_TEST, tests: 'is not accused of the crashes of others' },
  },
  {
    name: 'memory-never-full',
    invariant: 'beside',
    what: 'a runner stays until it is killed for its memory, and hands no session over',
    edits: [{ in: 'countHighLooks', when: 'abovePercentage', becomes: 'percentage > 100' }],
    noticedBy: { file: 'runner/src/process/memory-limit.test.ts', tests: 'leaves at the third look above its share' },
  },
  {
    name: 'restored-unasked',
    invariant: 'beside',
    what: 'a damaged state is restored although no operator has approved the loss',
    edits: [{ in: 'Opening.attempt.restoresWithLosses', when: 'autoRestore', becomes: 'true' }],
    noticedBy: { file: BAD_STATE_TEST, tests: 'waits unchanged when a record is missing, with the reason journal-gap' },
  },
  {
    name: 'claim-on-damage',
    invariant: 'beside',
    what: 'a session with a damaged last record is claimed behind it, and cannot be repaired any more',
    edits: [{ in: 'intactEnd', drop: 'requireIntact' }],
    noticedBy: { file: BAD_STATE_TEST, tests: 'waits unchanged when a bit of the last record was flipped' },
  },
  {
    name: 'claim-behind-a-broken-chain',
    invariant: 'beside',
    what: 'a session is claimed behind a last record that seals nothing and was altered, and cannot be repaired any more',
    edits: [{ in: 'requireIntact', when: 'followsItsPredecessor', becomes: 'true' }],
    noticedBy: {
      file: 'test/integration/engine/claim.test.ts',
      tests: 'a claim does not follow a last record that seals nothing',
    },
  },
  {
    name: 'brought-back-refused',
    invariant: 'beside',
    what: 'a checkpoint that an operator has brought back is not taken, because it has another generation',
    edits: [{ in: 'readPointed', value: 'async (objects, { object, generation }) => objects.read(object, generation)' }],
    noticedBy: { file: BAD_STATE_TEST, tests: 'waits when no checkpoint opens' },
  },
]
