import { Deadline } from '@holdfast/core/platform/deadlines'
import type { CrashRecord } from '@holdfast/core/session/session-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { ofSession } from '@holdfast/core/platform/logging'
import { reasonOfDamage, type ReasonCode, type SessionState, waitsForOperator } from '@holdfast/core/session/session-states'
import type { ReconnectPolicy } from '@holdfast/core/session/disconnect-policy'
import { Actions, type OpenAction } from './actions/actions.ts'
import type { Claim } from './claim.ts'
import { ConnectionKeeper } from './connection/connection-keeper.ts'
import type { CrashPolicy } from './quarantine/crash-record.ts'
import type { AskToDial } from './connection/dial-place.ts'
import type { Engine, SessionDependencies } from './engine.ts'
import { projectEvents } from './events/projector.ts'
import type { StatusDetails } from './events/session-event.ts'
import type { Entry } from './journal/group.ts'
import { HAND_OVER_WITHIN_MS, releaseSession } from './hand-over.ts'
import { Journal } from './journal/journal.ts'
import { Opening, type Trouble } from './opening.ts'
import { Quarantine, type TrialSlot } from './quarantine/quarantine.ts'
import { Reconnection } from './connection/reconnection.ts'
import { SessionStatus, type SessionSnapshot, type StateChange } from './session-status.ts'
import { Wake } from './wake.ts'

/** Why this process no longer holds the session. */
export type SessionEnd = 'released' | 'fenced' | 'given-up'

export interface OwnedSessionDependencies extends SessionDependencies {
  readonly reconnect: ReconnectPolicy
  readonly askToDial: AskToDial
  readonly crashPolicy: CrashPolicy
  readonly trialSlot: TrialSlot
  /** False in storage mode `cloud`: the state is read anew for each connection. */
  readonly keepsImage: boolean
  /** Called with each change of state that `session-lifecycle.ts` does not have, once it is logged. Tests fail on it. */
  readonly onUnknownTransition?: (change: StateChange) => void
}

/**
 * One session, from its claim to the moment this process gives it up. A single loop reconciles what is wanted with what is: events
 * only note what happened and wake it. It ends when the journal does: whoever may not append may not speak.
 */
export class OwnedSession {
  readonly sessionId: string
  readonly #dependencies: OwnedSessionDependencies
  readonly #wake: Wake
  readonly #journal: Journal
  readonly #opening: Opening
  readonly #reconnection: Reconnection
  readonly #actions: Actions
  readonly #status: SessionStatus
  readonly #keeper: ConnectionKeeper
  readonly #quarantine: Quarantine
  #engine: Engine | null = null
  /** The image has had a connection. */
  #isImageUsed = false
  /** What is stored is to be asked again: WhatsApp takes what is in the image for broken. */
  #isDistrusted = false
  #wanted: 'online' | 'offline'
  /** Set when the runner leaves. */
  #leaving: Deadline | null = null
  #muted = false
  /** Somebody may have taken the session: the next append tells. */
  #inDoubt = false

  constructor(dependencies: OwnedSessionDependencies, claim: Claim) {
    const { sessionId, head, session } = claim
    const { clock, random, journals, runnerId, journalLimits: limits } = dependencies
    const logger = dependencies.logger.child({ ...ofSession(sessionId), epoch: head.epoch })
    this.#dependencies = { ...dependencies, logger, countFirst: () => this.#quarantine.isOnTrial }
    this.sessionId = sessionId
    this.#wanted = session.wanted
    this.#status = new SessionStatus({ claim, clock, onUnknown: (change) => this.#reportUnknown(change) })
    this.#wake = new Wake(clock)
    this.#journal = new Journal({ journals, sessionId, runnerId, clock, random, limits, head, project: projectEvents })
    this.#opening = new Opening(this.#dependencies, claim, this.#journal)
    this.#quarantine = this.#newProbation(claim)
    const mustWait = waitsForOperator(session) || this.#quarantine.isQuarantined
    this.#reconnection = new Reconnection({
      clock,
      random,
      policy: dependencies.reconnect,
      halted: mustWait,
      beginsAnew: session.state === 'STOPPED',
    })
    this.#keeper = this.#newKeeper()
    this.#actions = this.#newActions({ runnerId, epoch: head.epoch })
  }

  /** What the runner's heartbeat says about the session. */
  get status(): SessionSnapshot {
    return this.#status.snapshot(this.#muted, this.#engine)
  }

  /** What the session's document says. */
  want(wanted: 'online' | 'offline'): void {
    this.#wanted = wanted
    this.#wake.call()
  }

  /** What is to be done to the session once. */
  act(actions: readonly OpenAction[]): void {
    if (this.#actions.hear(actions)) this.#wake.call()
  }

  mute(muted: boolean): void {
    this.#muted = muted
    this.#keeper.mute(muted)
    this.#wake.call()
  }

  /** Hands the session over: the loop closes the connection in order and releases it. */
  leave(deadline: Deadline): void {
    this.#leaving = deadline
    this.#keeper.interrupt()
    this.#wake.call()
  }

  doubtOwnership(): void {
    this.#inDoubt = true
    this.#wake.call()
  }

  async run(): Promise<SessionEnd> {
    const { logger } = this.#dependencies
    try {
      this.#listen()
      while (!this.#journal.ended) {
        if (this.#leaving) return await this.#release('BACKOFF', 'runner-leaving', this.#leaving)
        if (this.#wanted === 'offline' && !this.#actions.isBusy) return await this.#stop()
        await this.#step()
        this.#quarantine.look(this.#engine ? this.#keeper.activity : 'waiting')
        await this.#wake.wait(this.#nextStepAtMs())
      }
    } catch (error) {
      if (!this.#journal.ended) logger.error({ error }, 'The session failed in an unexpected way.')
    }
    this.#drop()
    this.#journal.close()
    const fenced = isHoldfastError(this.#journal.ended, 'fenced')
    logger.warn({ error: this.#journal.ended }, fenced ? 'The session is no longer ours.' : 'The session is given up.')
    return fenced ? 'fenced' : 'given-up'
  }

  async #step(): Promise<void> {
    if (this.#inDoubt) {
      this.#inDoubt = false
      this.#append({})
    }
    if (!this.#engine && this.#dependencies.clock.now() >= this.#openAtMs) await this.#open()
    await this.#actions.advance()
    await this.#putDown()
    const engine = this.#engine
    if (!engine) return
    if (engine.checkpointer.isDue && !this.#muted) void engine.checkpointer.run().then(() => this.#wake.call())
    const kept = await this.#keeper.keep(engine)
    if (!this.#keeper.isAtRest) this.#isImageUsed = true
    if (kept === 'distrusted') this.#isDistrusted = true
    await this.#putDown()
  }

  #nextStepAtMs(): number {
    const next = Math.min(this.#actions.dueAtMs, this.#quarantine.dueAtMs)
    if (!this.#engine) return Math.min(next, this.#openAtMs)
    // While muted none is begun: whoever unmutes wakes the loop.
    const checkpointAtMs = this.#muted ? Number.POSITIVE_INFINITY : this.#engine.checkpointer.dueAtMs
    return Math.min(next, this.#keeper.dueAtMs, checkpointAtMs)
  }

  /** When the state is to be read: at once, or where it is read anew for each connection, when that is to be dialled. */
  get #openAtMs(): number {
    const isForDialling = this.#isImageUsed && !this.#dependencies.keepsImage
    return isForDialling ? Math.max(this.#opening.dueAtMs, this.#keeper.dueAtMs) : this.#opening.dueAtMs
  }

  async #open(): Promise<void> {
    // Not before its turn comes, or somebody acts.
    if (!(await this.#mayOpen())) return this.#opening.postpone()
    const opened = await this.#opening.attempt()
    if ('state' in opened) return this.#adopt(opened)
    this.#showTrouble(opened)
  }

  /** What waits for somebody keeps saying so while it waits for its trial as well. */
  async #mayOpen(): Promise<boolean> {
    const may = await this.#quarantine.mayOpen()
    if (!may && !this.#reconnection.isHalted && this.#status.reason !== 'awaiting-trial')
      this.#publish('BACKOFF', 'awaiting-trial')
    return may
  }

  /**
   * Publishes why the state cannot be read. The owner changes nothing and looks at the state again, so that an operator who brings back
   * the missing part need do nothing more. A halted session keeps its reason: a banned account must not be dialled after a repair.
   */
  #showTrouble({ damage }: Trouble): void {
    if (this.#reconnection.isHalted) return
    if (damage) this.#publish('NEEDS_ATTENTION', reasonOfDamage(damage.code))
    else this.#publish('RESTORING', 'state-unreachable')
  }

  #adopt(engine: Engine): void {
    engine.undecrypted.takeOver()
    this.#engine = engine
    this.#isImageUsed = false
    this.#isDistrusted = false
    this.#recall(engine)
    engine.told.start()
    engine.receipts.settleRecorded()
    engine.outbox.listen()
  }

  /** What the last owner saw binds this one. */
  #recall({ memory }: Engine): void {
    const wait = this.#reconnection.recall(memory)
    if (!wait || wait.state === this.#status.state) return
    this.#publish(wait.state, wait.reason, { nextAttemptAt: new Date(wait.untilMs) })
  }

  /** Where no image outlives a connection, or it is not believed any more, it goes; the next one is read from what is durable. */
  async #putDown(): Promise<void> {
    const engine = this.#engine
    const isDone = this.#isDistrusted || (this.#isImageUsed && !this.#dependencies.keepsImage)
    if (!engine || !isDone || !this.#keeper.isAtRest) return
    void engine.told.stop()
    engine.outbox.abandon()
    engine.state.retire()
    this.#status.absorb(engine)
    this.#engine = null
    await this.#journal.whenDurable()
    this.#opening.hasten()
  }

  /** Somebody wants the session offline. */
  #stop(): Promise<SessionEnd> {
    return this.#release('STOPPED', 'requested', new Deadline(this.#dependencies.clock, HAND_OVER_WITHIN_MS))
  }

  async #release(state: SessionState, reason: ReasonCode, deadline: Deadline): Promise<SessionEnd> {
    // What waits for somebody keeps saying so, unless it is stopped.
    const keepsSaying = this.#status.isHalted && this.#wanted === 'online'
    try {
      await releaseSession({
        journal: this.#journal,
        engine: this.#engine,
        keeper: this.#keeper,
        deadline,
        append: (entry) => this.#append(entry),
        released: this.#status.released(keepsSaying ? null : { state, reason }, this.#engine),
      })
      return 'released'
    } catch {
      return isHoldfastError(this.#journal.ended, 'fenced') ? 'fenced' : 'given-up'
    } finally {
      this.#drop()
      this.#journal.close()
    }
  }

  /** Nothing more is said or written: everything in memory is thrown away. */
  #drop(): void {
    this.#quarantine.end()
    this.#engine?.outbox.abandon()
    void this.#engine?.told.stop()
    this.#keeper.cut()
  }

  #newKeeper(): ConnectionKeeper {
    const { clock, logger, askToDial } = this.#dependencies
    return new ConnectionKeeper({
      clock,
      logger,
      status: this.#status,
      reconnection: this.#reconnection,
      askToDial,
      mayConnect: () => this.#mayOpen(),
      isWanted: () => !this.#leaving && (this.#wanted === 'online' || this.#actions.isBusy),
      publish: (state, reason, details) => this.#publish(state, reason, details),
      wake: () => this.#wake.call(),
    })
  }

  #newProbation({ sessionId, crashes }: Claim): Quarantine {
    const { clock, crashPolicy, trialSlot } = this.#dependencies
    const write = (record: CrashRecord): Promise<void> =>
      this.#journal.whenDurable(this.#append({ events: [{ type: 'session.crashes', crashes: record }] }))
    const wake = (): void => {
      this.#opening.hasten()
      this.#wake.call()
    }
    return new Quarantine({ sessionId, clock, policy: crashPolicy, slot: trialSlot, record: crashes, write, wake })
  }

  #newActions(owner: { runnerId: string; epoch: number }): Actions {
    const { documents, clock, logger } = this.#dependencies
    const session = {
      opening: this.#opening,
      quarantine: this.#quarantine,
      reconnection: this.#reconnection,
      keeper: this.#keeper,
      engine: () => this.#engine,
      adopt: (engine: Engine) => this.#adopt(engine),
    }
    return new Actions({ session, append: (entry) => this.#append(entry), documents, clock, logger, owner })
  }

  #reportUnknown(change: StateChange): void {
    const { logger, onUnknownTransition } = this.#dependencies
    logger.error(change, 'The session changed to a state that its lifecycle does not lead to.')
    onUnknownTransition?.(change)
  }

  #publish(state: SessionState, reason: ReasonCode, details: StatusDetails = {}): void {
    this.#append({ events: [this.#status.enter(state, reason, details, this.#engine)] })
  }

  #append(entry: Entry): number {
    return this.#engine ? this.#engine.state.append(entry) : this.#journal.append(entry)
  }

  #listen(): void {
    const { logger } = this.#dependencies
    this.#journal.onDurable(() => {
      if (this.#engine?.checkpointer.isDue) this.#wake.call()
    })
    this.#journal.listen({
      onEnd: () => {
        this.#drop()
        this.#wake.call()
      },
      onWriteRefused: (paths) =>
        logger.error({ paths }, 'Firestore refused these documents twice; they do not show what the session knows.'),
    })
  }
}
