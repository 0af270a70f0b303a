import type { Mutant } from '../mutant.ts'

const JOURNAL_TEST = 'test/integration/engine/journal.test.ts'
const CLAIM_TEST = 'test/integration/engine/claim.test.ts'
const CHECKPOINT_TEST = 'test/integration/engine/checkpoint.test.ts'

/** Mutants of the log, its fence and its checkpoints. */
export const LOG: readonly Mutant[] = [
  {
    name: 'no-create-only',
    invariant: 'I4',
    what: 'a record can be overwritten, and the old owner goes on appending',
    edits: [{ in: 'DocumentJournals.append.creations.kind', value: `'merge'` }],
    noticedBy: { file: CLAIM_TEST, tests: 'a new owner fences the old one' },
  },
  {
    name: 'foreign-record-for-ones-own',
    invariant: 'I4',
    what: "another owner's record counts as the own commit",
    edits: [{ in: 'findOut.ours', value: 'forms[0]' }],
    noticedBy: { file: CLAIM_TEST, tests: 'a new owner fences the old one' },
  },
  {
    name: 'error-code-believed-as-applied',
    invariant: 'I4',
    what: 'a failed commit counts as applied',
    edits: [{ in: 'commitGroup.settled', value: 'whole' }],
    noticedBy: { file: JOURNAL_TEST, tests: 'a commit that fails without effect is tried again' },
  },
  {
    name: 'error-code-believed-as-not-applied',
    invariant: 'I4',
    what: 'a failed commit counts as not applied',
    edits: [{ in: 'commitGroup.settled', value: 'null' }],
    noticedBy: { file: JOURNAL_TEST, tests: 'a commit that fails with its answer lost is recognized as ours' },
  },
  {
    name: 'unanswered-counts-as-durable',
    invariant: 'I4',
    what: 'an unanswered commit counts at once, although another owner may have claimed the session',
    edits: [{ in: 'Journal.#write', when: 'answered', becomes: 'false' }],
    noticedBy: { file: CLAIM_TEST, tests: 'keeps a record of the old one whose answer was lost' },
  },
  {
    name: 'claim-without-precondition',
    invariant: 'I4',
    what: 'a claim ignores that the session was claimed since it was judged free',
    edits: [{ in: 'commitClaim.changes.unlessChangedSince', value: 'undefined' }],
    noticedBy: { file: CLAIM_TEST, tests: 'a new owner that judged the session free before another claimed it' },
  },
  {
    name: 'fenced-and-still-connected',
    invariant: 'I4',
    what: 'an owner whose append was refused keeps its socket',
    edits: [{ in: 'OwnedSession.#drop', drop: 'keeper.cut' }],
    noticedBy: {
      file: 'test/integration/engine/owned-session.test.ts',
      tests: 'an owner that lost the session without knowing it is cut off',
    },
  },
  {
    name: 'heartbeat-ignored',
    invariant: 'I4',
    what: 'a live owner counts as dead, and two owners keep replacing each other',
    edits: [{ in: 'Placement.#read.isDead', when: 'document.deadAfterMs', becomes: 'true' }],
    noticedBy: { file: 'test/integration/engine/supervisor.test.ts', tests: 'leave the sessions of a live one alone' },
  },
  {
    name: 'claims-trimmed',
    invariant: 'I5',
    what: 'claims are trimmed, which frees a number that an old owner can try',
    edits: [{ in: 'trimJournal.isClaim', value: `(fields['kind'] as RecordKind) === 'restore'` }],
    noticedBy: { file: JOURNAL_TEST, tests: 'trimming leaves every claim and the record before it' },
  },
  {
    name: 'epoch-stands-still',
    invariant: 'I5',
    what: 'a new owner has the epoch of the old one',
    edits: [{ in: 'claimSession.record.epoch', value: 'Math.max(session.epoch, end.epoch, 1)' }],
    noticedBy: { file: 'test/integration/engine/supervisor.test.ts', tests: 'take over the sessions of one that leaves' },
  },
  {
    name: 'lost-numbers-again',
    invariant: 'I5',
    what: 'a restore uses the numbers of lost records again',
    edits: [{ in: 'anyEnd.seq', value: 'await endOfLog(journals, sessionId, 0)' }],
    noticedBy: { file: 'test/integration/engine/numbers.test.ts', tests: 'is not used again when its record is lost' },
  },
  {
    name: 'epoch-by-the-document-alone',
    invariant: 'I5',
    what: "an epoch that the session's document has lost is used again",
    edits: [{ in: 'claimSession.record.epoch', value: 'Math.max(session.epoch, 0) + 1' }],
    noticedBy: {
      file: 'test/integration/engine/numbers.test.ts',
      tests: "is not used again when the session's document has lost it",
    },
  },
  {
    name: 'read-error-as-absence',
    invariant: 'I6',
    what: 'an unreadable record counts as absent',
    edits: [{ in: 'DocumentJournals.read', call: 'this.#documents.read', becomes: '$&.catch(() => null)' }],
    noticedBy: {
      file: 'test/integration/contract/journal-store.test.ts',
      tests: 'that cannot be read are never taken for absent ones',
    },
  },
  {
    name: 'list-error-as-absence',
    invariant: 'I6',
    what: 'a journal that cannot be listed counts as empty',
    edits: [{ in: 'DocumentJournals.#query', call: 'this.#documents.query', becomes: '$&.catch(() => [])' }],
    noticedBy: { file: CLAIM_TEST, tests: 'never takes a journal that cannot be listed' },
  },
  {
    name: 'object-error-as-absence',
    invariant: 'I6',
    what: 'a checkpoint that cannot be read at the moment counts as missing',
    edits: [{ in: 'readCheckpoint', call: 'readPointed', becomes: '$&.catch(() => null)' }],
    noticedBy: { file: CHECKPOINT_TEST, tests: 'that does not answer is no damage' },
  },
  {
    name: 'new-key-for-an-old-journal',
    invariant: 'I6',
    what: 'a missing data key is made anew although a journal exists',
    edits: [{ in: 'cipherOf.isUsed', when: 'hasSealedRecords', becomes: 'false' }],
    noticedBy: {
      file: 'test/integration/engine/owned-session.test.ts',
      tests: 'that is missing although a journal exists is never made anew',
    },
  },
  {
    name: 'pointer-before-data',
    invariant: 'I7',
    what: 'the pointer is written before the object is stored',
    edits: [
      {
        in: 'storeCheckpoint',
        call: 'objects.create',
        becomes: `(setTimeout(() => void $&.catch(() => {}), 1000).unref(), { generation: '1' })`,
      },
      { in: 'storeCheckpoint', drop: 'readCheckpoint' },
    ],
    noticedBy: { file: CHECKPOINT_TEST, tests: 'a failing Cloud Storage' },
  },
  {
    name: 'checkpoint-not-read-back',
    invariant: 'I7',
    what: 'a checkpoint counts before it was read back and opened',
    edits: [{ in: 'storeCheckpoint', drop: 'readCheckpoint' }],
    noticedBy: { file: CHECKPOINT_TEST, tests: 'a failing Cloud Storage' },
  },
  {
    name: 'trimmed-to-the-newest',
    invariant: 'I7',
    what: 'records are trimmed when the newer of two checkpoints covers them, so the loss of one object loses all',
    edits: [{ in: 'Checkpointer.#trim.upTo', value: 'this.#pointer?.seq ?? 0' }],
    noticedBy: { file: CHECKPOINT_TEST, tests: 'trimming goes only as far as the older' },
  },
  {
    name: 'trimmed-before-the-pointer',
    invariant: 'I7',
    what: 'records are trimmed before the pointer to their checkpoint is written',
    edits: [{ in: 'Checkpointer.#point', drop: 'written' }],
    noticedBy: { file: CHECKPOINT_TEST, tests: 'trimming waits until the pointer is in Firestore' },
  },
]
