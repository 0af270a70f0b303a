import type { Mutant } from '../mutant.ts'

const ARCHIVE_TEST = 'runner/src/whatsapp/baileys/signal/archived-records.test.ts'
const PLAN_TEST = 'core/src/journal/clean-up-plan.test.ts'
const DUE_TEST = 'functions/src/use-cases/clean-ups/due-clean-up.test.ts'

/** Mutants of the clean-up of Signal records, and of their archive. */
export const CLEAN_UP: readonly Mutant[] = [
  {
    name: 'archived-record-after-a-newer-one',
    invariant: 'I3',
    what: 'the entry about the archive outlives the use of its record, so that an old ratchet may come back',
    edits: [{ in: 'withBooks', when: "image.get('archived', entry) !== undefined", becomes: 'false' }],
    noticedBy: { file: PLAN_TEST, tests: 'ends the entry about the archive' },
  },
  {
    name: 'used-record-archived',
    invariant: 'I3',
    what: 'a record that was used while its copy was written is removed, and its older copy comes back',
    edits: [{ in: 'isUnchanged', value: 'true' }],
    noticedBy: { file: ARCHIVE_TEST, tests: 'a record that is used while its copy is written stays' },
  },
  {
    name: 'records-archive-not-read-back',
    invariant: 'beside',
    what: 'records are removed although their copy cannot be read',
    edits: [{ in: 'writeArchive', when: 'JSON.stringify(await readArchive', becomes: 'true' }],
    noticedBy: { file: ARCHIVE_TEST, tests: 'nothing is removed when the copy comes back altered' },
  },
  {
    name: 'unknown-use-is-old',
    invariant: 'beside',
    what: 'a record whose use nobody noted counts as unused for ever',
    edits: [{ in: 'planCleanUp', when: 'noted === undefined', becomes: 'false' }],
    noticedBy: { file: PLAN_TEST, tests: 'counts as used today' },
  },
  {
    name: 'record-under-a-number-archived',
    invariant: 'beside',
    what: 'a session under a phone number is archived, and is not found when the LID of the number becomes known',
    edits: [{ in: 'isUnderNumber', when: "kind === 'session'", becomes: 'false' }],
    noticedBy: { file: PLAN_TEST, tests: 'a record under a phone number stays' },
  },
  {
    name: 'stale-session-sends',
    invariant: 'I3',
    what: 'an archived session sends on after a restore that lost its newest steps',
    edits: [{ in: 'takenBack', when: 'record.isStale', becomes: 'false' }],
    noticedBy: { file: ARCHIVE_TEST, tests: 'after a restore that lost records' },
  },
  {
    name: 'clean-up-without-rest',
    invariant: 'beside',
    what: 'a session above its level is cleaned up each half hour',
    edits: [{ in: 'COOLDOWN_MS', value: '0' }],
    noticedBy: { file: DUE_TEST, tests: 'not within 6 hours of the last one' },
  },
]
