import { parseStored } from '@holdfast/core/platform/parse'
import type { RecoveryAction } from '@holdfast/core/operations/recovery-action-document'
import { sessionDocumentSchema, sessionPath, type PutAside, type SessionDocument } from '@holdfast/core/session/session-document'
import { HoldfastError, isDamage, isKeyTrouble, isStoreTrouble } from '@holdfast/core/platform/errors'
import { readCheckpoint, writeCheckpoint } from '@holdfast/core/journal/checkpoint'
import { isRestorable, type DamagedCheckpoint } from '@holdfast/core/journal/load'
import type { Claim } from './claim.ts'
import { assembleEngine, findState, type Engine, type Found, type Lasting, type SessionDependencies } from './engine.ts'
import { mayRestoreWithLosses } from './auto-restore-policy.ts'
import type { Journal } from './journal/journal.ts'
import type { SettledJobs } from './outbox/outbox.ts'

/** The state could not be had: damage, which waits for somebody, or stores that do not answer, which are asked again soon. */
export interface Trouble {
  readonly error: unknown
  /** Null when nothing is wrong but that the stores do not answer. */
  readonly damage: HoldfastError | null
}

/** Damage is looked at again after this: somebody may have brought back what was missing. */
const LOOK_AGAIN_MS = 60_000
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000

/** What somebody has to agree to before records are given up: how far the state must still reach. */
export type Approval = NonNullable<RecoveryAction['approved']>

/** Reads the state of an owned session, again and again until it can be had. */
export class Opening {
  readonly #dependencies: SessionDependencies
  readonly #claim: Claim
  readonly #journal: Journal
  readonly #settled: SettledJobs = new Map()
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

  /** Somebody may have repaired something: the next attempt need not wait. */
  hasten(): void {
    this.#dueAtMs = 0
  }

  /** Not before somebody hastens it. */
  postpone(): void {
    this.#dueAtMs = Number.POSITIVE_INFINITY
  }

  async attempt(): Promise<Engine | Trouble> {
    const { autoRestore, logger } = this.#dependencies
    try {
      const claim = await this.#claimNow()
      const found = await findState(this.#dependencies, claim)
      const { trouble } = found.loaded
      const gives = autoRestore === 'always' && trouble !== null && mayRestoreWithLosses(trouble, found.loaded)
      const engine = gives ? await this.#giveUpWhatIsLost(claim, found) : this.#assemble(claim, found)
      await this.#document(engine)
      if (gives) void engine.checkpointer.run()
      this.#failures = 0
      this.#dueAtMs = 0
      return engine
    } catch (error) {
      const { clock } = this.#dependencies
      const damage = isDamage(error) || isKeyTrouble(error) || isStoreTrouble(error) ? error : null
      const pauseMs = damage ? LOOK_AGAIN_MS : Math.min(FIRST_PAUSE_MS * 2 ** this.#failures++, LONGEST_PAUSE_MS)
      this.#dueAtMs = clock.now() + pauseMs
      if (damage) logger.error({ error }, 'The state cannot be read in full. Nothing was changed; an operator has to look.')
      else logger.warn({ error, attempt: this.#attempts }, 'The state could not be read yet.')
      return { error, damage }
    }
  }

  /**
   * Puts a damaged state together as far as it reaches, and makes it speak with new keys. Null when an attempt has to open it.
   *
   * @throws HoldfastError `restore-refused` when nothing is damaged, a later version wrote it, no credentials are left, or more would
   * be lost than was agreed to.
   */
  async restore({ reaches }: Approval): Promise<Engine | null> {
    const claim = await this.#claimNow()
    const found = await findState(this.#dependencies, claim)
    const { trouble, reached } = found.loaded
    if (!trouble) throw new HoldfastError('restore-refused', 'The state is whole: there is nothing to restore.')
    if (trouble.code === 'unknown-version') throw new HoldfastError('restore-refused', trouble.message)
    if (!isRestorable(found.loaded)) throw new HoldfastError('restore-refused', 'Nothing that is left holds the credentials.')
    if (reached.sequence >= reaches) return this.#afterRestore(await this.#giveUpWhatIsLost(claim, found))
    const message = `The state reaches record ${reached.sequence} only; it was agreed to give up what comes after ${reaches}.`
    throw new HoldfastError('restore-refused', `${message} Ask for the restore again to see what it would lose now.`)
  }

  /** Null when it is done, and the stores do not take what else there is to write: the next attempt goes on with it. */
  async #afterRestore(engine: Engine): Promise<Engine | null> {
    try {
      await this.#document(engine)
      void engine.checkpointer.run()
      return engine
    } catch (error) {
      this.#dependencies.logger.warn({ error }, 'The state was restored; it is opened as soon as the stores answer.')
      this.hasten()
      return null
    }
  }

  #assemble(claim: Claim, found: Found): Engine {
    const { damaged, replayed, trouble } = found.loaded
    if (trouble) throw trouble
    const { logger } = this.#dependencies
    for (const { error } of damaged)
      logger.error({ error }, 'A checkpoint is damaged; an older one and the journal made up for it.')
    logger.info({ replayed }, 'The state was restored.')
    const engine = assembleEngine(this.#dependencies, claim, found, this.#lasting)
    this.#noteMadeUpFor(engine, claim, found)
    return engine
  }

  /** The next checkpoint takes the place of a damaged one in the document: what is noted here can still be looked at then. */
  #noteMadeUpFor(engine: Engine, { session }: Claim, { loaded }: Found): void {
    const at = new Date(this.#dependencies.clock.now())
    const isNoted = ({ code, object }: DamagedCheckpoint): boolean =>
      session.putAside.some(({ reason, checkpoint }) => reason === code && checkpoint?.object === object)
    const aside = loaded.damaged
      .filter((one) => one.pointer !== null && !isNoted(one))
      .map(({ code, pointer }): PutAside => ({ reason: code, at, checkpoint: pointer, records: null }))
    if (aside.length === 0) return
    engine.state.append({ events: [{ type: 'state.put-aside', aside }] })
  }

  /** What was left to be written. Where it cannot be, another engine takes the place of this one. */
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
   * A record that no message lies in. The newest may be one: where the state is read anew, this very owner has received messages
   * before, and readers have seen them.
   */
  async #freshRecord(): Promise<number> {
    let sequence = 0
    await this.#journal.whenDurable(this.#journal.append({ onDurable: (place) => (sequence = place.sequence) }))
    return sequence
  }

  /**
   * What is left becomes a checkpoint with new keys, however large it is; the restore record then has it take the place of all that
   * came before. Dying in between leaves one that nothing points to: the next owner does all of it again, unless no other one opens.
   */
  async #giveUpWhatIsLost(claim: Claim, found: Found): Promise<Engine> {
    const { rekey, logger, clock, objects } = this.#dependencies
    const { cipher, loaded } = found
    const lost = claim.head.sequence - loaded.reached.sequence
    // No other checkpoint has the name that this one gets.
    await this.#freshRecord()
    const pointer = await writeCheckpoint(objects, cipher, { ...(await this.#journal.cut()), image: rekey(loaded.image, lost) })
    const { image } = await readCheckpoint(objects, cipher, pointer)
    const session = { ...claim.session, checkpoint: pointer, previousCheckpoint: null, trimmedTo: pointer.seq }
    const whole = { ...found, loaded: { ...loaded, image, startedFrom: pointer } }
    const engine = assembleEngine(this.#dependencies, { ...claim, session }, whole, this.#lasting)
    const aside = putAside(claim.session, found, claim.head.sequence).map((entry) => ({ ...entry, at: new Date(clock.now()) }))
    const restored = { type: 'state.restored' as const, checkpoint: pointer, aside }
    await this.#journal.whenDurable(engine.state.append({ kind: 'restore', events: [restored] }))
    logger.warn({ reached: loaded.reached.sequence, lost, trouble: loaded.trouble?.code }, 'The state was restored with losses.')
    return engine
  }

  get #lasting(): Lasting {
    return { journal: this.#journal, settled: this.#settled }
  }

  /** The claim as it stands now: its own record may not be the last one any more, and the documents may have been repaired. */
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

/** What is not part of the state any more, and where it lies: none of it is removed. */
function putAside({ checkpoint, previousCheckpoint }: SessionDocument, { loaded }: Found, upTo: number): Omit<PutAside, 'at'>[] {
  const reason = loaded.trouble?.code ?? 'restored'
  const records = { after: loaded.reached.sequence, upTo }
  const older = previousCheckpoint ? [{ reason, checkpoint: previousCheckpoint, records: null }] : []
  return [{ reason, checkpoint, records }, ...older]
}
