import { Deadline } from '@holdfast/core/platform/deadlines'
import type { CrashRecord } from '@holdfast/core/session/session-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { ofSession } from '@holdfast/core/session/log-fields'
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
  /** False in storage mode `cloud`, where the state is read again for each connection. */
  readonly keepsImage: boolean
  /** Called with each change of state that `session-lifecycle.ts` does not list, after its log line. Tests fail on it. */
  readonly onUnknownTransition?: (change: StateChange) => void
}

/**
 * One session, from its claim until this process gives it up. A single loop moves the session towards its wanted state; events
 * only record a change and wake the loop. The loop ends with the journal: an owner that may not append may not send.
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
  /** True when a connection has used the image. */
  #isImageUsed = false
  /** True when the state must be read again from the stores, because WhatsApp takes the image for broken. */
  #isDistrusted = false
  #wanted: 'online' | 'offline'
  /** The deadline of the hand-over; set when the runner leaves. */
  #leaving: Deadline | null = null
  #muted = false
  /** True when another runner may have claimed the session. The next append shows it. */
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
    this.#quarantine = this.#newQuarantine(claim)
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

  /** The session's entry in the runner's heartbeat. */
  get status(): SessionSnapshot {
    return this.#status.snapshot(this.#muted, this.#engine)
  }

  /** Sets the wanted state from the session's document. */
  want(wanted: 'online' | 'offline'): void {
    this.#wanted = wanted
    this.#wake.call()
  }

  /** Passes on the open actions on the session. */
  act(actions: readonly OpenAction[]): void {
    if (this.#actions.hear(actions)) this.#wake.call()
  }

  mute(muted: boolean): void {
    this.#muted = muted
    this.#keeper.mute(muted)
    this.#wake.call()
  }

  /** Starts the hand-over: the loop closes the connection in order and releases the session. */
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
    logger.warn(
      { error: this.#journal.ended },
      fenced ? 'Another runner owns the session now.' : 'The runner gave the session up.',
    )
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
    // No checkpoint starts while muted; unmuting wakes the loop.
    const checkpointAtMs = this.#muted ? Number.POSITIVE_INFINITY : this.#engine.checkpointer.dueAtMs
    return Math.min(next, this.#keeper.dueAtMs, checkpointAtMs)
  }

  /** When the state is due to be read: at once, or, if it is read for each connection, when the next connection is due. */
  get #openAtMs(): number {
    const isForDialling = this.#isImageUsed && !this.#dependencies.keepsImage
    return isForDialling ? Math.max(this.#opening.dueAtMs, this.#keeper.dueAtMs) : this.#opening.dueAtMs
  }

  async #open(): Promise<void> {
    // The next attempt waits for the trial slot or for an operator.
    if (!(await this.#mayOpen())) return this.#opening.postpone()
    const opened = await this.#opening.attempt()
    if ('state' in opened) return this.#adopt(opened)
    this.#showTrouble(opened)
  }

  /** Returns whether the session may be opened. A halted session keeps its state while it waits for its trial. */
  async #mayOpen(): Promise<boolean> {
    const may = await this.#quarantine.mayOpen()
    if (!may && !this.#reconnection.isHalted && this.#status.reason !== 'awaiting-trial')
      this.#publish('BACKOFF', 'awaiting-trial')
    return may
  }

  /**
   * Publishes why the state cannot be read. Changes nothing else: a later attempt reads the state if an operator has repaired it.
   * A halted session keeps its reason: a banned account must not be dialled after a repair.
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
    engine.history.start()
    engine.receipts.settleRecorded()
    engine.outbox.listen()
  }

  /** Continues the wait of the last owner, which binds this one. */
  #recall({ memory }: Engine): void {
    const wait = this.#reconnection.recall(memory)
    if (!wait || wait.state === this.#status.state) return
    this.#publish(wait.state, wait.reason, { nextAttemptAt: new Date(wait.untilMs) })
  }

  /**
   * Drops the image after its connection, if it is distrusted or the storage mode keeps none. The
   * next one is read from the stores.
   */
  async #putDown(): Promise<void> {
    const engine = this.#engine
    const isDone = this.#isDistrusted || (this.#isImageUsed && !this.#dependencies.keepsImage)
    if (!engine || !isDone || !this.#keeper.isAtRest) return
    void engine.history.stop()
    engine.outbox.abandon()
    engine.state.retire()
    this.#status.absorb(engine)
    this.#engine = null
    await this.#journal.whenDurable()
    this.#opening.hasten()
  }

  /** Releases the session, because it is not wanted online. */
  #stop(): Promise<SessionEnd> {
    return this.#release('STOPPED', 'requested', new Deadline(this.#dependencies.clock, HAND_OVER_WITHIN_MS))
  }

  async #release(state: SessionState, reason: ReasonCode, deadline: Deadline): Promise<SessionEnd> {
    // A halted session keeps its state, unless it is stopped.
    const keepsState = this.#status.isHalted && this.#wanted === 'online'
    try {
      await releaseSession({
        journal: this.#journal,
        engine: this.#engine,
        keeper: this.#keeper,
        deadline,
        append: (entry) => this.#append(entry),
        released: this.#status.released(keepsState ? null : { state, reason }, this.#engine),
      })
      return 'released'
    } catch {
      return isHoldfastError(this.#journal.ended, 'fenced') ? 'fenced' : 'given-up'
    } finally {
      this.#drop()
      this.#journal.close()
    }
  }

  /** Drops all that is in memory. Nothing more is sent or written. */
  #drop(): void {
    this.#quarantine.end()
    this.#engine?.outbox.abandon()
    this.#engine?.resending.closed()
    void this.#engine?.history.stop()
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

  #newQuarantine({ sessionId, crashes }: Claim): Quarantine {
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
        logger.error({ paths }, 'Firestore refused these documents twice; they do not show the state of the session.'),
    })
  }
}
