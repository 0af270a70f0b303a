import type { Clock } from '@holdfast/core/platform/ports'
import { reasonOfDamage } from '@holdfast/core/session/session-states'
import type { ConnectionKeeper, Kept } from './connection/connection-keeper.ts'
import type { Reconnection } from './connection/reconnection.ts'
import type { Engine } from './engine.ts'
import type { Journal } from './journal/journal.ts'
import type { Opening, Trouble } from './opening.ts'
import type { Quarantine } from './quarantine/quarantine.ts'
import type { SessionWatch } from './recovery/session-watch.ts'
import type { SessionRecords } from './session-records.ts'
import type { SessionStatus } from './session-status.ts'

interface ImageOptions {
  readonly clock: Clock
  readonly journal: Journal
  readonly opening: Opening
  readonly quarantine: Quarantine
  readonly reconnection: Reconnection
  readonly status: SessionStatus
  readonly watch: SessionWatch
  readonly keeper: ConnectionKeeper
  readonly records: SessionRecords
  /** False in storage mode `cloud`, where the state is read again for each connection. */
  readonly keepsImage: boolean
  /** Whether an action is open, which may need the state of a session that does not dial. */
  readonly isAsked: () => boolean
  /** Wakes the session's loop after a change. */
  readonly wake: () => void
}

/** The state of one session in memory: when it is read, what begins with it, and when it is dropped to be read anew. */
export class SessionImage {
  readonly #options: ImageOptions
  #engine: Engine | null = null
  /** True when a connection has used the image. */
  #isUsed = false
  /** True when the image was read for an action, while no connection is due. */
  #isForAction = false
  /** True when the state must be read again from the stores, because WhatsApp takes the image for broken. */
  #isDistrusted = false

  constructor(options: ImageOptions) {
    this.#options = options
  }

  /** The parts that work on the image; null while no state is in memory. */
  get engine(): Engine | null {
    return this.#engine
  }

  /**
   * When the state is due to be read: at once, or, if it is read for each connection, when the next connection is due. A halted session
   * has no next connection, so that an action has the state read for itself.
   */
  get openAtMs(): number {
    const { keeper, keepsImage, opening, isAsked } = this.#options
    const isForDialling = this.#isUsed && !keepsImage && !isAsked()
    return isForDialling ? Math.max(opening.dueAtMs, keeper.dueAtMs) : opening.dueAtMs
  }

  get isDue(): boolean {
    return !this.#engine && this.#options.clock.now() >= this.openAtMs
  }

  async open(): Promise<void> {
    const { opening, keeper, clock } = this.#options
    const isForAction = this.#isUsed && clock.now() < keeper.dueAtMs
    // The next attempt waits for the trial slot or for an operator.
    if (!(await this.mayOpen())) return opening.postpone()
    const opened = await opening.attempt()
    if (!('state' in opened)) return this.#showTrouble(opened)
    this.adopt(opened)
    this.#isForAction = isForAction
  }

  /** Returns whether the session may be opened. A halted session keeps its state while it waits for its trial. */
  async mayOpen(): Promise<boolean> {
    const { quarantine, reconnection, records, status } = this.#options
    const may = await quarantine.mayOpen()
    if (!may && !reconnection.isHalted && status.reason !== 'awaiting-trial') records.publish('BACKOFF', 'awaiting-trial')
    return may
  }

  /** Continues with a state that was just read or restored. */
  adopt(engine: Engine): void {
    engine.undecrypted.takeOver()
    this.#engine = engine
    this.#isUsed = false
    this.#isForAction = false
    this.#isDistrusted = false
    this.#options.watch.readable()
    this.#recall(engine)
    engine.history.start()
    engine.incomingMedia.start()
    engine.receipts.settleRecorded()
    engine.outbox.listen()
  }

  /** Called after each step of the keeper, which may have used the image or found it broken. */
  kept(kept: Kept): void {
    if (!this.#options.keeper.isAtRest) this.#isUsed = true
    if (kept === 'distrusted') this.#isDistrusted = true
  }

  /**
   * Drops the image after its connection, or after the action that it was read for, if it is distrusted or the storage mode keeps none.
   * The next one is read from the stores.
   */
  async putDown(): Promise<void> {
    const { journal, keeper, keepsImage, opening, status, isAsked } = this.#options
    const engine = this.#engine
    const isOver = this.#isUsed || (this.#isForAction && !isAsked())
    const isDone = this.#isDistrusted || (isOver && !keepsImage)
    if (!engine || !isDone || !keeper.isAtRest) return
    // The next one is read for a connection again.
    if (this.#isForAction && !this.#isDistrusted) this.#isUsed = true
    void engine.history.stop()
    engine.directory.flush()
    engine.directory.close()
    engine.groups.close()
    engine.incomingMedia.stop()
    engine.outbox.abandon()
    engine.state.retire()
    status.absorb(engine)
    this.#engine = null
    await journal.whenDurable()
    opening.hasten()
  }

  /** Cuts the connection off and makes the client anew, on the same state. The loop then dials. */
  rebuild(): void {
    const { keeper, wake } = this.#options
    keeper.drop(this.#engine)
    this.#engine?.client.renew()
    wake()
  }

  /** Closes the connection and drops the state, which is then read anew from the stores. */
  async reload(): Promise<void> {
    const { keeper, opening, wake } = this.#options
    await keeper.close(this.#engine)
    this.#isDistrusted = this.#engine !== null
    opening.hasten()
    wake()
  }

  /** Closes the connection and drops the state. Nothing reads it anew before the next `hasten` of the opening. */
  async discard(): Promise<void> {
    const { keeper, opening } = this.#options
    await keeper.close(this.#engine)
    this.#isDistrusted = this.#engine !== null
    await this.putDown()
    opening.postpone()
  }

  /** Ends all work on the image. */
  end(): void {
    this.#engine?.directory.close()
    this.#engine?.groups.close()
    this.#engine?.outbox.abandon()
    this.#engine?.resending.closed()
    void this.#engine?.history.stop()
    this.#engine?.incomingMedia.stop()
  }

  /** Continues the wait of the last owner, which binds this one. */
  #recall({ memory }: Engine): void {
    const { reconnection, records, status } = this.#options
    const wait = reconnection.recall(memory)
    if (!wait || wait.state === status.state) return
    records.publish(wait.state, wait.reason, { nextAttemptAt: new Date(wait.untilMs) })
  }

  /**
   * Publishes why the state cannot be read. Changes nothing else: a later attempt reads the state if an operator has repaired it.
   * A halted session keeps its reason: a banned account must not be dialled after a repair.
   */
  #showTrouble({ damage }: Trouble): void {
    const { reconnection, records, watch } = this.#options
    if (reconnection.isHalted) return
    if (damage) watch.unreadable(damage.code)
    if (damage) records.publish('NEEDS_ATTENTION', reasonOfDamage(damage.code))
    else records.publish('RESTORING', 'state-unreachable')
  }
}
