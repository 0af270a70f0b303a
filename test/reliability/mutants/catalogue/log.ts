import type { Mutant } from '../mutant.ts'

const JOURNAL = 'runner/src/session/journal/journal.ts'
const JOURNAL_TEST = 'test/integration/engine/journal.test.ts'
const CLAIM_TEST = 'test/integration/engine/claim.test.ts'
const CLAIM = 'runner/src/session/claim.ts'
const DOCUMENT_JOURNALS = 'core/src/journal/document-journals.ts'
const CHECKPOINT = 'core/src/journal/checkpoint.ts'
const CHECKPOINTER = 'runner/src/session/journal/checkpointer.ts'
const CHECKPOINT_TEST = 'test/integration/engine/checkpoint.test.ts'
const FIND_OUT = 'const settled = await this.#findOut(sequence, full, alone)'

/** The log, its fence, and the checkpoints that keep it short. */
export const LOG: readonly Mutant[] = [
  {
    name: 'no-create-only',
    invariant: 'I4',
    what: 'a record may be written over: the old owner goes on appending',
    edits: [
      {
        file: DOCUMENT_JOURNALS,
        find: `return { kind: 'create', path: pathOf(sessionId, record.seq)`,
        replace: `return { kind: 'merge', path: pathOf(sessionId, record.seq)`,
      },
    ],
    noticedBy: { file: CLAIM_TEST, tests: 'a new owner fences the old one' },
  },
  {
    name: 'foreign-record-for-ones-own',
    invariant: 'I4',
    what: "another's record is taken for one's own commit that took effect",
    edits: [
      { file: JOURNAL, find: `if (found.fields['nonce'] === full[0]?.nonce) return full`, replace: 'if (found) return full' },
    ],
    noticedBy: { file: CLAIM_TEST, tests: 'a new owner fences the old one' },
  },
  {
    name: 'error-code-believed-as-applied',
    invariant: 'I4',
    what: 'a commit that failed is taken for one that took effect',
    edits: [{ file: JOURNAL, find: FIND_OUT, replace: 'const settled = full' }],
    noticedBy: { file: JOURNAL_TEST, tests: 'a commit that fails without effect is tried again' },
  },
  {
    name: 'error-code-believed-as-not-applied',
    invariant: 'I4',
    what: 'a commit that failed is taken for one that had no effect',
    edits: [{ file: JOURNAL, find: FIND_OUT, replace: 'const settled = null as readonly JournalRecord[] | null' }],
    noticedBy: { file: JOURNAL_TEST, tests: 'a commit that fails with its answer lost is recognized as ours' },
  },
  {
    name: 'unanswered-counts-as-durable',
    invariant: 'I4',
    what: 'a commit that was not answered counts at once, although another owner may have come in between',
    edits: [{ file: JOURNAL, find: 'if (!answered) return\n', replace: '\n' }],
    noticedBy: { file: CLAIM_TEST, tests: 'meets an old one whose commit took effect unheard' },
  },
  {
    name: 'claim-without-precondition',
    invariant: 'I4',
    what: 'a claim does not look whether the session was claimed since it was judged free',
    edits: [{ file: CLAIM, find: ', fields: ownership, unlessChangedSince: session }', replace: ', fields: ownership }' }],
    noticedBy: { file: CLAIM_TEST, tests: 'a new owner that judged the session free before another claimed it' },
  },
  {
    name: 'fenced-and-still-connected',
    invariant: 'I4',
    what: 'an owner whose append was refused keeps its socket',
    edits: [
      {
        file: 'runner/src/session/owned-session.ts',
        find: `    this.#engine?.outbox.abandon()
    void this.#engine?.told.stop()
    this.#keeper.cut()`,
        replace: `    this.#engine?.outbox.abandon()
    void this.#engine?.told.stop()`,
      },
    ],
    noticedBy: {
      file: 'test/integration/engine/owned-session.test.ts',
      tests: 'an owner that lost the session without knowing it is cut off',
    },
  },
  {
    name: 'heartbeat-ignored',
    invariant: 'I4',
    what: 'a living owner is taken for dead: two owners throw each other out',
    edits: [
      {
        file: 'runner/src/supervisor/placement.ts',
        find: '(snapshot.silentForMs > document.deadAfterMs || isPredecessor)',
        replace: '(snapshot.silentForMs >= 0 || isPredecessor)',
      },
    ],
    noticedBy: { file: 'test/integration/engine/supervisor.test.ts', tests: 'leave alone what a living one owns' },
  },
  {
    name: 'claims-trimmed',
    invariant: 'I5',
    what: 'claims are trimmed away: a number that an old owner can try is free again',
    edits: [
      {
        file: 'runner/src/session/journal/trim.ts',
        find: `const isClaim = (fields['kind'] as RecordKind) === 'claim'`,
        replace: `const isClaim = (fields['kind'] as RecordKind) === 'restore'`,
      },
    ],
    noticedBy: { file: JOURNAL_TEST, tests: 'trimming leaves every claim and the record before it' },
  },
  {
    name: 'epoch-stands-still',
    invariant: 'I5',
    what: 'a new owner has the epoch of the old one',
    edits: [
      {
        file: CLAIM,
        find: 'epoch: Math.max(session.epoch, end.epoch) + 1,',
        replace: 'epoch: Math.max(session.epoch, end.epoch, 1),',
      },
    ],
    noticedBy: { file: 'test/integration/engine/supervisor.test.ts', tests: 'take over the sessions of one that leaves' },
  },
  {
    name: 'lost-numbers-again',
    invariant: 'I5',
    what: 'a restore that gives records up uses their numbers again',
    edits: [
      {
        file: CLAIM,
        find: 'const seq = Math.max(await endOfLog(journals, sessionId, 0), session.journalHead)',
        replace: 'const seq = await endOfLog(journals, sessionId, 0)',
      },
    ],
    noticedBy: { file: 'test/integration/engine/numbers.test.ts', tests: 'when the records that had them are lost' },
  },
  {
    name: 'epoch-by-the-document-alone',
    invariant: 'I5',
    what: "an epoch that the session's document has forgotten is used again",
    edits: [
      { file: CLAIM, find: 'epoch: Math.max(session.epoch, end.epoch) + 1,', replace: 'epoch: Math.max(session.epoch, 0) + 1,' },
    ],
    noticedBy: { file: 'test/integration/engine/numbers.test.ts', tests: "when the session's document has forgotten them" },
  },
  {
    name: 'read-error-as-absence',
    invariant: 'I6',
    what: 'a record that cannot be read counts as one that is not there',
    edits: [
      {
        file: DOCUMENT_JOURNALS,
        find: 'const snapshot = await this.#documents.read(pathOf(sessionId, seq))',
        replace: 'const snapshot = await this.#documents.read(pathOf(sessionId, seq)).catch(() => null)',
      },
    ],
    noticedBy: {
      file: 'test/integration/contract/journal-store.test.ts',
      tests: 'that cannot be read are never taken for absent ones',
    },
  },
  {
    name: 'list-error-as-absence',
    invariant: 'I6',
    what: 'a journal that cannot be listed counts as an empty one',
    edits: [
      {
        file: DOCUMENT_JOURNALS,
        find: '      ...(select ? { select } : {}),\n    })',
        replace: '      ...(select ? { select } : {}),\n    }).catch(() => [])',
      },
    ],
    noticedBy: { file: CLAIM_TEST, tests: 'never takes a journal that cannot be listed' },
  },
  {
    name: 'object-error-as-absence',
    invariant: 'I6',
    what: 'a checkpoint that cannot be read at the moment counts as missing',
    edits: [
      {
        file: CHECKPOINT,
        find: 'const stored = await objects.read(pointer.object, pointer.generation)',
        replace: 'const stored = await objects.read(pointer.object, pointer.generation).catch(() => null)',
      },
    ],
    noticedBy: { file: CHECKPOINT_TEST, tests: 'does not answer, that is no damage' },
  },
  {
    name: 'new-key-for-an-old-journal',
    invariant: 'I6',
    what: 'a data key that is missing is made anew although there is a journal',
    edits: [
      {
        file: 'runner/src/session/engine.ts',
        find: 'claim.session.trimmedTo > 0 || (await hasSealedRecords(journals, sessionId))',
        replace: 'claim.session.trimmedTo > 0',
      },
    ],
    noticedBy: {
      file: 'test/integration/engine/owned-session.test.ts',
      tests: 'that is missing although there is a journal is never made anew',
    },
  },
  {
    name: 'pointer-before-data',
    invariant: 'I7',
    what: 'the pointer is written while the object is still on its way',
    edits: [
      {
        file: CHECKPOINT,
        find: 'const { generation } = await objects.create(name, bytes)',
        replace: `const generation = '1'\n    setTimeout(() => void objects.create(name, bytes).catch(() => {}), 1000).unref()`,
      },
      {
        file: CHECKPOINT,
        find: '  await readCheckpoint(objects, cipher, pointer)\n  return pointer',
        replace: '  return pointer',
      },
    ],
    noticedBy: { file: CHECKPOINT_TEST, tests: 'when Cloud Storage' },
  },
  {
    name: 'checkpoint-not-read-back',
    invariant: 'I7',
    what: 'a checkpoint counts without having been read back and opened',
    edits: [
      {
        file: CHECKPOINT,
        find: '  await readCheckpoint(objects, cipher, pointer)\n  return pointer',
        replace: '  return pointer',
      },
    ],
    noticedBy: { file: CHECKPOINT_TEST, tests: 'when Cloud Storage' },
  },
  {
    name: 'trimmed-to-the-newest',
    invariant: 'I7',
    what: 'records go when the newer of two checkpoints covers them: the loss of one object loses all',
    edits: [
      { file: CHECKPOINTER, find: 'const upTo = this.#previous?.seq ?? 0', replace: 'const upTo = this.#pointer?.seq ?? 0' },
    ],
    noticedBy: { file: CHECKPOINT_TEST, tests: 'trimming goes only as far as the older' },
  },
  {
    name: 'trimmed-before-the-pointer',
    invariant: 'I7',
    what: 'records go before the pointer to what covers them is written',
    edits: [
      {
        file: CHECKPOINTER,
        find: '    await state.journal.whenDurable(position)\n    await written\n',
        replace: '    await state.journal.whenDurable(position)\n',
      },
    ],
    noticedBy: { file: CHECKPOINT_TEST, tests: 'trimming waits until the pointer is in Firestore' },
  },
]
