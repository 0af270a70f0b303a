import type { Mutant } from '../mutant.ts'

const ARCHIVE_TEST = 'runner/src/whatsapp/baileys/signal/archived-records.test.ts'
const CLEAN_UP_TEST = 'runner/src/session/actions/clean-up.test.ts'
const LOGOUT_TEST = 'runner/src/session/actions/logout.test.ts'
const ROTATE_TEST = 'runner/src/session/actions/rotate.test.ts'
const RESTORE_TEST = 'runner/src/session/actions/restore.test.ts'
const RETENTION_TEST = 'core/src/session/backup-retention.test.ts'
const PURGE_TEST = 'test/integration/queue/purge-crashes.test.ts'
const RETURN_TEST = 'test/integration/engine/auto-restore.test.ts'
const DATA_KEYS_TEST = 'test/integration/keys/data-keys.test.ts'
const REBUILT_KEYS_TEST = 'test/integration/keys/data-keys-rebuilt.test.ts'
const DRILL = 'test/reliability/restore/restore.test.ts'
const NEXT_KEY_TEST = 'core/src/security/next-data-key.test.ts'

/** Mutants of what may remove something: clean-up with its archive, retention, rotation and returns to a backup. */
export const VAULT: readonly Mutant[] = [
  {
    name: 'clean-up-without-a-backup',
    invariant: 'beside',
    what: 'a clean-up moves records although the state could not be backed up',
    edits: [{ in: 'cleanUp.advance', call: 'engine.checkpointer.backup', becomes: `$&.catch(() => ({ object: '' }))` }],
    noticedBy: { file: CLEAN_UP_TEST, tests: 'nothing moves when the backup failed' },
  },
  {
    name: 'dry-run-that-moves',
    invariant: 'beside',
    what: 'a clean-up that was only asked what it would do does it',
    edits: [{ in: 'cleanUp.advance', when: 'dryRun', becomes: 'false' }],
    noticedBy: { file: CLEAN_UP_TEST, tests: 'a dry run changes nothing' },
  },
  {
    name: 'archive-named-later',
    invariant: 'beside',
    what: 'a record goes from the state before the state names its archive, so that a crash in between loses it',
    edits: [
      {
        in: 'moveToArchive',
        call: 'state.change',
        becomes: `(state.change({ keys: { ...keys, archived: {} } }), state.change({ keys: { archived: keys['archived'] } }))`,
      },
    ],
    noticedBy: { file: ARCHIVE_TEST, tests: 'a crash between any two records' },
  },
  {
    name: 'removed-before-the-archive',
    invariant: 'beside',
    what: 'records are removed before their archive is written',
    edits: [
      { in: 'moveToArchive', drop: 'writeArchive' },
      {
        in: 'moveToArchive',
        call: 'state.journal.whenDurable',
        becomes: `$&.then(() => writeArchive(objects, cipher, { seq, epoch }, valuesOf(batch)))`,
      },
    ],
    noticedBy: { file: ARCHIVE_TEST, tests: 'nothing is removed when the copy comes back altered' },
  },
  {
    name: 'retired-image-cleaned-up',
    invariant: 'beside',
    what: 'a clean-up goes on with a state that a restore has replaced, and says that it moved records',
    edits: [{ in: 'moveToArchive', when: 'state.isRetired', becomes: 'false' }],
    noticedBy: { file: ARCHIVE_TEST, tests: 'of a state that another one replaces' },
  },
  {
    name: 'covered-by-one',
    invariant: 'I7',
    what: 'retention removes what one newer backup covers, so that the loss of that one loses everything',
    edits: [{ in: 'COVERS', value: '1' }],
    noticedBy: { file: RETENTION_TEST, tests: 'what two newer verified ones do not cover' },
  },
  {
    name: 'covered-by-unverified',
    invariant: 'I7',
    what: 'a backup that nobody has read back covers older ones',
    edits: [{ in: 'removable', when: 'isVerified', becomes: 'true' }],
    noticedBy: { file: RETENTION_TEST, tests: 'what two newer verified ones do not cover' },
  },
  {
    name: 'named-backup-removed',
    invariant: 'I7',
    what: 'retention removes a backup that the state is read from, or that a log-out put aside',
    edits: [{ in: 'removable', when: '!isNamed', becomes: 'true' }],
    noticedBy: { file: RETENTION_TEST, tests: 'named by a pointer or put aside, whatever its age' },
  },
  {
    name: 'young-backup-removed',
    invariant: 'I7',
    what: 'retention removes an object whose pointer is not written yet',
    edits: [{ in: 'removable', when: 'isOld', becomes: 'true' }],
    noticedBy: { file: RETENTION_TEST, tests: 'what is younger than an hour' },
  },
  {
    name: 'missing-backup-covers',
    invariant: 'I7',
    what: 'a backup whose object is gone counts as verified, because it once was',
    edits: [{ in: 'retained', when: 'stored !== null', becomes: 'true' }],
    noticedBy: { file: 'test/integration/api/backups.test.ts', tests: 'removes nothing that newer ones without an object cover' },
  },
  {
    name: 'keys-destroyed-apart-from-the-record',
    invariant: 'I4',
    what: 'a purge destroys the keys in one commit and fences the owner in the next one',
    edits: [
      {
        in: 'destroyKeys',
        find: 'await new DocumentJournals(documents).append(sessionId, [record], changes)',
        replace: `await documents.commit(changes)
    await new DocumentJournals(documents).append(sessionId, [record], [])`,
      },
    ],
    noticedBy: { file: PURGE_TEST, tests: 'a purge that dies at any operation' },
  },
  {
    name: 'objects-before-the-keys-of-all',
    invariant: 'beside',
    what: 'a purge removes the objects of one session before the keys of the others are destroyed',
    edits: [
      {
        in: 'performPurges',
        find: 'await attempt(id, () => endGrace(needed, id))',
        replace: '(await attempt(id, () => endGrace(needed, id))) && (await attempt(id, () => endRemoval(needed, id, deadline)))',
      },
    ],
    noticedBy: { file: PURGE_TEST, tests: 'the keys of all are destroyed before anything is removed' },
  },
  {
    name: 'purge-of-the-next-session',
    invariant: 'beside',
    what: 'a purge that another run has ended removes what the next session under the name has stored',
    edits: [{ in: 'removeFound', when: 'snapshot.updatedAtMicros', becomes: 'false' }],
    noticedBy: { file: PURGE_TEST, tests: 'touches nothing of the session that was created under the name since' },
  },
  {
    name: 'tombstone-at-the-last-number',
    invariant: 'I5',
    what: 'the record of a purge gets no epoch of its own, so that the next session begins with a used one',
    edits: [{ in: 'tombstoneOf.epoch', value: 'Math.max(known.epoch, tail?.epoch ?? 0)' }],
    noticedBy: { file: PURGE_TEST, tests: 'a purge that dies at any operation' },
  },
  {
    name: 'data-key-before-its-checkpoint',
    invariant: 'beside',
    what: 'an owner seals with a further data key that no checkpoint has made the current one',
    edits: [
      { in: 'Checkpointer.#make', call: 'keys.look', becomes: '$&.then((version) => (cipher.sealWith(version), version))' },
    ],
    noticedBy: { file: DATA_KEYS_TEST, tests: 'seals from a checkpoint on' },
  },
  {
    name: 'data-key-at-once',
    invariant: 'beside',
    what: 'a further data key is used while processes are at work that have read the keys before',
    edits: [{ in: 'DATA_KEY_WAITS_MS', value: '0' }],
    noticedBy: { file: DATA_KEYS_TEST, tests: 'seals from a checkpoint on' },
  },
  {
    name: 'data-key-replaced',
    invariant: 'beside',
    what: 'a second request replaces the data key that waits',
    edits: [{ in: 'withNextKey', when: 'newestVersion(stored) > stored.current', becomes: 'false' }],
    noticedBy: { file: NEXT_KEY_TEST, tests: 'is not made while one waits' },
  },
  {
    name: 'data-key-of-nobody-else',
    invariant: 'beside',
    what: 'no document says which data key seals, so that the next owner and functions seal with the one before',
    edits: [{ in: 'Checkpointer.#make', when: 'keyVersion === cipher.currentVersion', becomes: 'true' }],
    noticedBy: { file: DATA_KEYS_TEST, tests: 'seals from a checkpoint on' },
  },
  {
    name: 'wrapping-of-before-in-checkpoints',
    invariant: 'beside',
    what: 'an owner goes on to store its data keys as they were wrapped when it opened the session',
    edits: [{ in: 'DataKeys.#read', when: '!isEqual(stored, cipher.wrapped)', becomes: 'false' }],
    noticedBy: { file: DATA_KEYS_TEST, tests: 'carry its data keys as they are wrapped now' },
  },
  {
    name: 'foreign-keys-learned',
    invariant: 'beside',
    what: 'an owner takes over a document whose data keys are others, and stores those in its checkpoints',
    edits: [{ in: 'SessionCipher.learn', when: 'later.#keys.get(version)?.equals(key)', becomes: 'true' }],
    noticedBy: { file: NEXT_KEY_TEST, tests: 'learns nothing from a document' },
  },
  {
    name: 'further-key-is-damage',
    invariant: 'I6',
    what: 'a runner that claims a session takes a record under a further data key for damage',
    edits: [
      {
        in: 'claim.ts:opening',
        value: 'async (_: ClaimOptions, cipher: SessionCipher, __: JournalRecord): Promise<SessionCipher> => cipher',
      },
    ],
    noticedBy: { file: DATA_KEYS_TEST, tests: 'is no damage to a runner' },
  },
  {
    name: 'stream-with-the-keys-of-before',
    invariant: 'beside',
    what: 'a live stream tells nothing of what is sealed with a further data key',
    edits: [{ in: 'TenantStream.#opened', drop: 'this.#ciphers.delete' }],
    noticedBy: { file: DATA_KEYS_TEST, tests: 'a live stream that was open before' },
  },
  {
    name: 'waiting-key-left-by-a-purge',
    invariant: 'beside',
    what: 'the next session of the name gets the number of a data key that waited at the purge',
    edits: [{ in: 'emptiedKeys.versions', value: '[1, current]' }],
    noticedBy: { file: PURGE_TEST, tests: 'destroys a data key that waits as well' },
  },
  {
    name: 'further-key-forgotten-by-a-rebuild',
    invariant: 'beside',
    what: 'a rebuild does not look for data keys that the older Firestore lacks',
    edits: [{ in: 'joinedKeys.isFurther', value: 'false' }],
    noticedBy: { file: REBUILT_KEYS_TEST, tests: 'Firestore is from before that' },
  },
  {
    name: 'new-device-unlinked',
    invariant: 'I6',
    what: 'the next owner unlinks the device that was linked after a rotation',
    edits: [{ in: 'rotate.advance', when: 'action.hasTaken', becomes: 'true' }],
    noticedBy: { file: ROTATE_TEST, tests: 'the next owner unlinks no device that was linked since' },
  },
  {
    name: 'unlinking-noted-too-late',
    invariant: 'I6',
    what: 'a rotation notes the unlinking after it has begun with the new device',
    edits: [
      {
        in: 'rotate.advance',
        find: `action.note('The old device is unlinked.', UNLINKED)
      await restart.begin?.(session, action)`,
        replace: `await restart.begin?.(session, action)
      action.note('The old device is unlinked.', UNLINKED)`,
      },
    ],
    noticedBy: { file: ROTATE_TEST, tests: 'a rotation backs up, unlinks the old device and ends' },
  },
  {
    name: 'rotation-without-the-state',
    invariant: 'I6',
    what: 'an owner that cannot read the state yet goes on with a rotation',
    edits: [{ in: 'rotate.advance', when: '!session.engine()', becomes: 'false' }],
    noticedBy: { file: ROTATE_TEST, tests: 'the next owner waits for the state' },
  },
  {
    name: 'return-done-twice',
    invariant: 'I5',
    what: 'the next owner returns to the backup again, and gives up what came since',
    edits: [{ in: 'returnTo', call: 'opening.isRestoredBy', becomes: 'false' }],
    noticedBy: { file: RESTORE_TEST, tests: 'a return to a backup is done once' },
  },
  {
    name: 'return-without-a-backup',
    invariant: 'I6',
    what: 'a return drops a state that could not be backed up',
    edits: [{ in: 'returnTo', call: 'engine.checkpointer.putAside', becomes: '$&.catch(() => {})' }],
    noticedBy: { file: RESTORE_TEST, tests: 'drops nothing when the present state cannot be backed up' },
  },
  {
    name: 'return-to-an-unlinked-device',
    invariant: 'I6',
    what: 'a return that was approved before a rotation puts the unlinked device in the place of the new one',
    edits: [{ in: 'returnTo', call: 'opening.isUnlinked', becomes: 'false' }],
    noticedBy: { file: RETURN_TEST, tests: 'of a device that was unlinked after the approval' },
  },
  {
    name: 'returned-state-at-the-old-number',
    invariant: 'I5',
    what: 'the state of the backup is stored under the number of the backup, where the log does not go on',
    edits: [
      {
        in: 'Opening.#restoreWithLosses',
        call: 'this.#journal.cut',
        becomes: '{ ...(await $&), sequence: loaded.reached.sequence, hash: loaded.reached.hash }',
      },
    ],
    noticedBy: { file: RETURN_TEST, tests: 'is whole in the record of the restore' },
  },
  {
    name: 'pre-keys-of-the-given-up-state-again',
    invariant: 'I3',
    what: 'a return uses numbers of pre-keys again that the state it gives up has used',
    edits: [{ in: 'Opening.returnTo', find: 'givenUp: loaded', replace: 'givenUp: null' }],
    noticedBy: { file: RETURN_TEST, tests: 'jumps no pre-key numbers for records that can be read' },
  },
  {
    name: 'checkpoint-of-another-place',
    invariant: 'I7',
    what: 'an owner starts from whatever checkpoint it finds under the name',
    edits: [
      { in: 'readCheckpoint', when: 'sha256(stored.bytes) !== pointer.sha256', becomes: 'false' },
      { in: 'readCheckpoint', when: 'checkpoint.from.sequence !== pointer.seq', becomes: 'false' },
      { in: 'checkpoint.ts:open', when: 'isAtItsPlace', becomes: 'false' },
    ],
    noticedBy: { file: DRILL, tests: 'damaged sessions come back' },
  },
  {
    name: 'restored-sessions-go-on',
    invariant: 'I3',
    what: 'after a restore that lost records, messages go out in the Signal sessions of the older state',
    edits: [{ in: 'rekeyedState', call: 'closeSessions', becomes: 'record' }],
    noticedBy: { file: DRILL, tests: 'leaves nobody with a message' },
  },
  {
    name: 'restored-group-keys-go-on',
    invariant: 'I3',
    what: 'after a restore that lost records, groups are written to with the keys of the older state',
    edits: [{ in: 'rekeyedState', call: 'isOwn', becomes: 'false' }],
    noticedBy: { file: DRILL, tests: 'leaves nobody with a message' },
  },
  {
    name: 'restored-pre-keys-again',
    invariant: 'I5',
    what: 'after a restore that lost records, pre-keys get the numbers of the lost ones',
    edits: [
      { in: 'rekeyedState', find: 'creds.firstUnuploadedPreKeyId = creds.nextPreKeyId = within(next)', replace: 'within(next)' },
    ],
    noticedBy: { file: DRILL, tests: 'leaves nobody with a message' },
  },
  {
    name: 'given-up-before-it-is-unlinked',
    invariant: 'beside',
    what: 'a log-out that did not unlink the device has every earlier backup refused',
    edits: [
      {
        in: 'logout.advance',
        find: 'await session.keeper.unlink(engine, () => engine.checkpointer.keepAside(',
        replace: `engine.checkpointer.keepAside('logged-out', checkpoint)
      await session.keeper.unlink(engine, () => engine.checkpointer.keepAside(`,
      },
    ],
    noticedBy: { file: LOGOUT_TEST, tests: 'leaves the backups of before usable' },
  },
  {
    name: 'clean-up-in-a-recovery',
    invariant: 'beside',
    what: 'a clean-up begins while the owner recovers the session',
    edits: [{ in: 'cleanUp.advance', find: 'session.recovery.cause !== null', replace: 'false' }],
    noticedBy: { file: CLEAN_UP_TEST, tests: 'waits for the end of a recovery' },
  },
]
