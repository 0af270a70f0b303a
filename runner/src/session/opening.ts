import { parseStored } from '@holdfast/core/platform/parse'
import type { RecoveryAction } from '@holdfast/core/operations/recovery-action-document'
import {
  type CheckpointPointer,
  sessionDocumentSchema,
  sessionPath,
  type PutAside,
  type SessionDocument,
} from '@holdfast/core/session/session-document'
import { HoldfastError, isDamage, isKeyTrouble, isStoreTrouble } from '@holdfast/core/platform/errors'
import { readCheckpoint, writeCheckpoint } from '@holdfast/core/journal/checkpoint'
import { isRestorable, type DamagedCheckpoint, type Loaded } from '@holdfast/core/journal/load'
import { mostRecordsIn, unlinkedSince } from '@holdfast/core/session/put-aside'
import type { Claim } from './claim.ts'
import { assembleEngine, findState, type Engine, type Found, type Lasting, type SessionDependencies } from './engine.ts'
import { mayRestoreWithLosses } from './auto-restore-policy.ts'
import type { Journal } from './journal/journal.ts'
import { SettledJobs } from './outbox/settled-jobs.ts'

/**
 * Why the state could not be opened: damage, which waits for an operator, or stores that did not answer, which are retried soon.
 */
export interface Trouble {
  readonly error: unknown
  /** Null when the stores only did not answer. */
  readonly damage: HoldfastError | null
}

/** The pause before the next attempt after damage. An operator may have repaired it by then. */
const LOOK_AGAIN_MS = 60_000
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000

/** The operator's approval of a loss: the record that the restored state must still reach. */
export type Approval = NonNullable<RecoveryAction['approved']>

/** Opens the state of an owned session. The session's loop repeats the attempt until it succeeds. */
export class Opening {
  readonly #dependencies: SessionDependencies
  readonly #claim: Claim
  readonly #journal: Journal
  readonly #settled = new SettledJobs()
  #attempts = 0
  #failures = 0
  #dueAtMs = 0

  constructor(dependencies: SessionDependencies, claim: Claim, journal: Journal) {
    this.#dependencies = dependencies
    this.#claim = claim
    this.#journal = journal
  }

  /** When the next attempt is due, ms. */
  get dueAtMs(): number {
    return this.#dueAtMs
  }

  /** Makes the next attempt due at once, because an operator may have repaired the damage. */
  hasten(): void {
    this.#dueAtMs = 0
  }

  /** Makes no attempt due before the next `hasten`. */
  postpone(): void {
    this.#dueAtMs = Number.POSITIVE_INFINITY
  }

  async attempt(): Promise<Engine | Trouble> {
    const { autoRestore, logger } = this.#dependencies
    try {
      const claim = await this.#claimNow()
      const found = await findState(this.#dependencies, claim)
      const { trouble } = found.loaded
      const restoresWithLosses = autoRestore === 'always' && trouble !== null && mayRestoreWithLosses(trouble, found.loaded)
      const engine = restoresWithLosses ? await this.#restoreWithLosses(claim, found) : this.#assemble(claim, found)
      await this.#document(engine)
      if (restoresWithLosses) void engine.checkpointer.run()
      this.#failures = 0
      this.#dueAtMs = 0
      return engine
    } catch (error) {
      const { clock } = this.#dependencies
      const damage = isDamage(error) || isKeyTrouble(error) || isStoreTrouble(error) ? error : null
      const pauseMs = damage ? LOOK_AGAIN_MS : Math.min(FIRST_PAUSE_MS * 2 ** this.#failures++, LONGEST_PAUSE_MS)
      this.#dueAtMs = clock.now() + pauseMs
      if (damage) logger.error({ error }, 'The state is damaged. Nothing was changed; an operator has to act.')
      else logger.warn({ error, attempt: this.#attempts }, 'The state could not be read yet.')
      return { error, damage }
    }
  }

  /**
   * Restores a damaged state from its readable part, with new keys. Returns null when the next attempt
   * has to open the restored state.
   *
   * @throws HoldfastError `restore-refused` when nothing is damaged, a later version wrote the state, no credentials are left, or
   * the loss would exceed the approval.
   */
  async restore({ reaches }: Approval, action?: string): Promise<Engine | null> {
    const claim = await this.#claimNow()
    const found = await findState(this.#dependencies, claim)
    const { trouble, reached } = found.loaded
    if (!trouble) throw new HoldfastError('restore-refused', 'The state is not damaged: there is nothing to restore.')
    if (trouble.code === 'unknown-version') throw new HoldfastError('restore-refused', trouble.message)
    if (!isRestorable(found.loaded))
      throw new HoldfastError('restore-refused', 'No readable part of the state has the credentials.')
    if (reached.sequence >= reaches) return this.#afterRestore(await this.#restoreWithLosses(claim, found, { action }))
    const message = `The state reaches only record ${reached.sequence}; the approval covers the loss after record ${reaches}.`
    throw new HoldfastError('restore-refused', `${message} Request the restore again to see its present loss.`)
  }

  /** Whether the action has restored the state already, by this owner or by one that died over it. */
  async isRestoredBy(action: string): Promise<boolean> {
    return (await this.#claimNow()).session.restoredBy === action
  }

  /** Whether the device of the backup was unlinked, maybe since the return was approved. WhatsApp accepts its credentials no more. */
  async isUnlinked({ seq }: CheckpointPointer): Promise<boolean> {
    return unlinkedSince((await this.#claimNow()).session.putAside, seq) !== null
  }

  /**
   * Returns to a backup, with new keys: what came after it is put aside. The state need not be damaged. Returns null when the next attempt
   * has to open the restored state.
   *
   * @throws HoldfastError `checkpoint-corrupt` when the backup does not open, `restore-refused` when it has no credentials
   */
  async returnTo(backup: CheckpointPointer, action: string): Promise<Engine | null> {
    const { objects } = this.#dependencies
    const claim = await this.#claimNow()
    const { cipher, loaded } = await findState(this.#dependencies, claim)
    const { image, from } = await readCheckpoint(objects, cipher, backup)
    const reached = { sequence: from.sequence, hash: from.hash, at: null }
    const returned = { ...loaded, image, reached, replayed: 0, startedFrom: backup, trouble: null }
    if (!isRestorable(returned)) throw new HoldfastError('restore-refused', 'The backup has no credentials.')
    const found = { cipher, loaded: returned }
    return this.#afterRestore(await this.#restoreWithLosses(claim, found, { action, givenUp: loaded }))
  }

  /** Finishes a restore. Returns null when the stores refuse the remaining writes; the next attempt then makes them. */
  async #afterRestore(engine: Engine): Promise<Engine | null> {
    try {
      await this.#document(engine)
      void engine.checkpointer.run()
      return engine
    } catch (error) {
      this.#dependencies.logger.warn({ error }, 'The state was restored; the session opens it as soon as the stores answer.')
      this.hasten()
      return null
    }
  }

  #assemble(claim: Claim, found: Found): Engine {
    const { damaged, replayed, trouble } = found.loaded
    if (trouble) throw trouble
    const { logger } = this.#dependencies
    for (const { error } of damaged)
      logger.error({ error }, 'A checkpoint is damaged; an older one and the journal replaced it without loss.')
    logger.info({ replayed }, 'The state was restored.')
    const engine = assembleEngine(this.#dependencies, claim, found, this.#lasting)
    this.#listDamagedCheckpoints(engine, claim, found)
    return engine
  }

  /**
   * Lists damaged checkpoints in the document, where the next checkpoint replaces their pointers.
   * An operator can still find them.
   */
  #listDamagedCheckpoints(engine: Engine, { session }: Claim, { loaded }: Found): void {
    const at = new Date(this.#dependencies.clock.now())
    const isListed = ({ code, object }: DamagedCheckpoint): boolean =>
      session.putAside.some(({ reason, checkpoint }) => reason === code && checkpoint?.object === object)
    const aside = loaded.damaged
      .filter((one) => one.pointer !== null && !isListed(one))
      .map(({ code, pointer }): PutAside => ({ reason: code, at, checkpoint: pointer, records: null }))
    if (aside.length === 0) return
    engine.state.append({ events: [{ type: 'state.put-aside', aside }] })
  }

  /**
   * Writes the documents of inbox rows that an earlier owner left open. On failure this engine retires and another replaces it.
   */
  async #document(engine: Engine): Promise<void> {
    try {
      const { inbox } = engine
      await inbox.documentOpenRows(inbox.owesDocuments ? await this.#freshRecord() : this.#journal.head.sequence)
    } catch (error) {
      engine.state.retire()
      throw error
    }
  }

  /**
   * Appends a record without messages and returns its number. The newest record may hold a message: when this owner reads the
   * state again, it may have received messages before, and readers have seen them.
   */
  async #freshRecord(): Promise<number> {
    let sequence = 0
    await this.#journal.whenDurable(this.#journal.append({ onDurable: (place) => (sequence = place.sequence) }))
    return sequence
  }

  /**
   * Gives up the unreadable part of a state. Writes the rest as a checkpoint with new keys, however large it is; the restore
   * record then makes that checkpoint the whole state. A crash in between leaves a checkpoint without a pointer. The next owner
   * starts over, unless no other checkpoint opens.
   */
  async #restoreWithLosses(
    claim: Claim,
    found: Found,
    { action, givenUp = null }: { readonly action?: string | undefined; readonly givenUp?: Loaded | null } = {},
  ): Promise<Engine> {
    const { rekey, logger, clock, objects } = this.#dependencies
    const { cipher, loaded } = found
    const lost = claim.head.sequence - loaded.reached.sequence
    // The record gives the checkpoint a name that no other one has.
    await this.#freshRecord()
    const restores = claim.session.putAside.filter(({ records }) => records !== null).length
    const lostRecords = mostRecordsIn(claim.session.putAside, { after: lastKnown(loaded, givenUp), upTo: claim.head.sequence })
    const rekeyed = rekey(loaded.image, { lostRecords, givenUp: givenUp?.image ?? null, restores })
    const pointer = await writeCheckpoint(objects, cipher, { ...(await this.#journal.cut()), image: rekeyed })
    const { image } = await readCheckpoint(objects, cipher, pointer)
    const session = { ...claim.session, checkpoint: pointer, previousCheckpoint: null, trimmedTo: pointer.seq }
    const whole = { ...found, loaded: { ...loaded, image, startedFrom: pointer } }
    const engine = assembleEngine(this.#dependencies, { ...claim, session }, whole, this.#lasting)
    const aside = putAside(claim.session, found, claim.head.sequence).map((entry) => ({ ...entry, at: new Date(clock.now()) }))
    const restored = { type: 'state.restored' as const, checkpoint: pointer, aside, ...(action === undefined ? {} : { action }) }
    await this.#journal.whenDurable(engine.state.append({ kind: 'restore', events: [restored] }))
    logger.warn({ reached: loaded.reached.sequence, lost, trouble: loaded.trouble?.code }, 'The state was restored with losses.')
    return engine
  }

  get #lasting(): Lasting {
    return { journal: this.#journal, settled: this.#settled }
  }

  /**
   * Returns the claim with the current head and document: records may follow it now, and an operator
   * may have repaired the document.
   */
  async #claimNow(): Promise<Claim> {
    await this.#journal.whenDurable()
    const { head } = this.#journal
    if (this.#attempts++ === 0) return { ...this.#claim, head }
    const path = sessionPath(this.#claim.sessionId)
    const snapshot = await this.#dependencies.documents.read(path)
    if (!snapshot) throw new HoldfastError('bad-document', `${path} is gone.`)
    return { ...this.#claim, head, session: parseStored(sessionDocumentSchema, snapshot.fields, path) }
  }
}

/**
 * The last record whose numbers of pre-keys are known. The state that is given up knows those of its own records: jumps for them, too,
 * would use the numbers up after a few returns.
 */
const lastKnown = ({ reached }: Loaded, givenUp: Loaded | null): number =>
  givenUp && isRestorable(givenUp) ? Math.max(reached.sequence, givenUp.reached.sequence) : reached.sequence

/** Lists what is no longer part of the state, and where it is kept. Nothing of it is removed. */
function putAside({ checkpoint, previousCheckpoint }: SessionDocument, { loaded }: Found, upTo: number): Omit<PutAside, 'at'>[] {
  const reason = loaded.trouble?.code ?? 'restored'
  const records = { after: loaded.reached.sequence, upTo }
  const older = previousCheckpoint ? [{ reason, checkpoint: previousCheckpoint, records: null }] : []
  return [{ reason, checkpoint, records }, ...older]
}
