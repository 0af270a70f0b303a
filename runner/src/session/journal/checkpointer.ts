import type { BackupWish } from '@holdfast/core/session/backup-document'
import type { CheckpointPointer, SessionDocument } from '@holdfast/core/session/session-document'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { Logger } from '@holdfast/core/platform/logging'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Clock, ObjectStore } from '@holdfast/core/platform/ports'
import { storeCheckpoint } from '@holdfast/core/journal/checkpoint'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import type { SessionEvent } from '../events/session-event.ts'
import type { DataKeys } from './data-keys.ts'
import type { JournaledState } from './journaled-state.ts'
import { trimJournal } from '@holdfast/core/journal/trim'

export interface CheckpointPolicy {
  /** The number of records after which a checkpoint is due. */
  readonly everyRecords: number
  /** The time after which unsaved changes make a checkpoint due (`SESSION_BACKUP_INTERVAL`). */
  readonly everyMs: number
}

/** The pause after a failed checkpoint. */
const PAUSE_AFTER_FAILURE_MS = 60_000

/**
 * Bounds the journal. It writes the image to Cloud Storage, points to it by a journal record, and removes the records that the
 * older of the two newest checkpoints covers. In this order a crash at any point leaves a session that can be restored.
 */
export class Checkpointer {
  readonly #options
  #pointer: CheckpointPointer | null
  #previous: CheckpointPointer | null
  #trimmedTo: number
  #savedAtMs: number
  #notBeforeMs = 0
  /** True when the newest checkpoint is damaged, and another is needed at once. */
  #isOverdue: boolean
  #running: Promise<void> | null = null

  constructor(options: {
    state: JournaledState
    /** Removes expired entries from the state, before the checkpoint saves it. */
    tidyUp: () => void
    cipher: SessionCipher
    keys: Pick<DataKeys, 'look'>
    journals: JournalStore
    objects: ObjectStore
    clock: Clock
    logger: Logger
    policy: CheckpointPolicy
    session: SessionDocument
    /** The checkpoint that the state was read from; null without one. A newer checkpoint that could not be read is ignored. */
    startedFrom: CheckpointPointer | null
  }) {
    this.#options = options
    const { checkpoint, previousCheckpoint } = options.session
    const isIntact = checkpoint?.object === options.startedFrom?.object
    this.#pointer = options.startedFrom
    this.#previous = isIntact ? previousCheckpoint : null
    this.#isOverdue = !isIntact
    this.#trimmedTo = options.session.trimmedTo
    this.#savedAtMs = options.clock.now()
  }

  get isDue(): boolean {
    return this.#options.clock.now() >= this.dueAtMs
  }

  /** When the next checkpoint is due, ms; infinity while there is nothing to save or a checkpoint is being made. */
  get dueAtMs(): number {
    if (this.#running) return Number.POSITIVE_INFINITY
    return Math.max(this.#wantedAtMs, this.#notBeforeMs)
  }

  /** When a checkpoint would be due if the last one had not failed. */
  get #wantedAtMs(): number {
    const { state, policy } = this.#options
    if (this.#isOverdue) return 0
    if (state.unsavedChanges === 0) return Number.POSITIVE_INFINITY
    const records = state.journal.head.sequence - (this.#pointer?.seq ?? 0)
    return records >= policy.everyRecords ? 0 : this.#savedAtMs + policy.everyMs
  }

  /** Makes a checkpoint, or joins the one that is being made. Never rejects: a failure only makes the journal longer. */
  run(): Promise<void> {
    return this.#run(null)
  }

  #run(wish: BackupWish | null): Promise<void> {
    this.#running ??= this.#make(wish)
      .catch((error: unknown) => {
        this.#notBeforeMs = this.#options.clock.now() + PAUSE_AFTER_FAILURE_MS
        this.#options.logger.warn({ error }, 'A checkpoint failed; the journal keeps everything.')
      })
      .finally(() => {
        this.#running = null
      })
    return this.#running
  }

  /**
   * Makes a checkpoint of the current state that is kept as a backup, and returns its pointer. The document of the backup is durable
   * then.
   *
   * @throws HoldfastError `backup-failed` when it could not be written, read back and opened.
   */
  async backup(wish: BackupWish): Promise<CheckpointPointer> {
    // One that has begun has no document.
    while (this.#running) await this.#running
    const before = this.#pointer
    await this.#run(wish)
    if (this.#pointer && this.#pointer !== before) return this.#pointer
    throw new HoldfastError('backup-failed', 'The state could not be backed up; the log of the runner has the cause.')
  }

  /**
   * Saves the state in an object that is never removed, and names that object and the reason in the session's document.
   * Resolves when both are durable.
   *
   * @throws HoldfastError `backup-failed` when the object could not be written, read back and opened.
   */
  async putAside(reason: string): Promise<void> {
    const checkpoint = await this.backup({ why: reason })
    await this.#options.state.journal.whenDurable(this.keepAside(reason, checkpoint))
  }

  /** Names a backup and the reason in the session's document, so that it is never removed. Returns the position of its record. */
  keepAside(reason: string, checkpoint: CheckpointPointer): number {
    const { state, clock } = this.#options
    const aside = [{ reason, at: new Date(clock.now()), checkpoint, records: null }]
    return state.append({ events: [{ type: 'state.put-aside', aside }] })
  }

  async #make(wish: BackupWish | null): Promise<void> {
    const { state, tidyUp, cipher, keys, objects, clock, logger } = this.#options
    const wanted = await keys.look()
    tidyUp()
    const unsaved = state.unsavedChanges
    const image = state.image.toMutation()
    const contents = state.image.counts()
    const head = await state.journal.cut()
    // Set after a failure too, so that the next attempt waits its time.
    this.#savedAtMs = clock.now()
    if (head.sequence === this.#pointer?.seq) return
    const { pointer, bytes, keyVersion } = await storeCheckpoint(objects, cipher, { ...head, image, keyVersion: wanted })
    if (state.isRetired) throw new Error('A newer image replaced this one: the next checkpoint saves the newer one.')
    const previousCheckpoint = this.#pointer
    const written = { type: 'checkpoint.written', checkpoint: pointer, previousCheckpoint, trimmedTo: this.#trimmedTo } as const
    const backup = { ...wish, why: wish?.why ?? '', checkpoint: pointer, bytes, at: new Date(clock.now()), contents }
    const used = keyVersion === cipher.currentVersion ? [] : [{ type: 'data-key.used', version: keyVersion } as const]
    await this.#point([written, ...used, ...(wish ? [{ type: 'backup.made', backup } as const] : [])])
    cipher.sealWith(keyVersion)
    state.markSaved(unsaved)
    this.#previous = this.#pointer
    this.#pointer = pointer
    this.#isOverdue = false
    logger.info({ checkpoint: pointer.object, records: head.sequence }, 'A checkpoint was written and verified.')
    await this.#trim()
  }

  /** Points to a checkpoint. Resolves when the pointer is in the session's document: records may be removed only after that. */
  async #point(events: readonly SessionEvent[]): Promise<void> {
    const { state } = this.#options
    const { promise: written, resolve: onWritten, reject } = Promise.withResolvers<void>()
    const position = state.append({
      kind: 'checkpoint',
      events,
      onWritten,
      onRefused: () => reject(new Error('Firestore refused the pointer to the checkpoint.')),
      onEnd: reject,
    })
    written.catch(() => {})
    await state.journal.whenDurable(position)
    await written
  }

  async #trim(): Promise<void> {
    const { journals, cipher } = this.#options
    const upTo = this.#previous?.seq ?? 0
    if (upTo <= this.#trimmedTo) return
    await trimJournal(journals, cipher.sessionId, this.#trimmedTo, upTo)
    this.#trimmedTo = upTo
  }
}
