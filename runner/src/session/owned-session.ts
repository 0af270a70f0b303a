import type { ProxyFields } from '@holdfast/core/operations/session-proxy'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { ReasonCode, SessionState } from '@holdfast/core/session/session-states'
import { sessionDocumentSchema } from '@holdfast/core/session/session-document'
import type { StatusAt } from '@holdfast/core/session/status-webhook'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { OpenAction } from './actions/actions.ts'
import type { Claim } from './claim.ts'
import type { Move } from './events/session-event.ts'
import { HAND_OVER_WITHIN_MS, releaseSession } from './hand-over.ts'
import { SessionParts, type OwnedSessionDependencies } from './session-parts.ts'
import type { SessionSnapshot } from './session-status.ts'
import { kickWebhooks } from '@holdfast/core/operations/webhook-kick'

/** Why this process no longer holds the session. */
export type SessionEnd = 'released' | 'fenced' | 'given-up'

/**
 * One session, from its claim until this process gives it up. A single loop moves the session towards its wanted state; events
 * only record a change and wake the loop. The loop ends with the journal: an owner that may not append may not send.
 */
export class OwnedSession {
  readonly sessionId: string
  readonly #dependencies: OwnedSessionDependencies
  readonly #parts: SessionParts
  #wanted: 'online' | 'offline'
  /** The deadline of the hand-over; set when the runner leaves. */
  #leaving: Deadline | null = null
  /** Set when the session moves to another runner. */
  #movesTo: Move | null = null
  #muted = false
  /** True when another runner may have claimed the session. The next append shows it. */
  #inDoubt = false
  /** The statuses in the session's document, when the sweep has marked it because this runner seemed to be dead. */
  #marked: readonly StatusAt[] | null = null

  constructor(dependencies: OwnedSessionDependencies, claim: Claim) {
    this.#dependencies = dependencies
    this.sessionId = claim.sessionId
    this.#wanted = claim.session.wanted
    this.#parts = new SessionParts(dependencies, claim, {
      isWanted: () => !this.#leaving && (this.#wanted === 'online' || this.#parts.actions.isBusy),
      isMoving: () => this.isMoving,
      moveAway: () => this.move(null),
    })
  }

  /** The session's entry in the runner's heartbeat. */
  get status(): SessionSnapshot {
    return this.#parts.status.snapshot(this.#muted, this.#parts.image.engine)
  }

  /** Sets the wanted state from the session's document. */
  want(wanted: 'online' | 'offline'): void {
    this.#wanted = wanted
    this.#parts.wake.call()
  }

  /** Follows the session's document, which others change too. */
  follow(fields: Readonly<Record<string, unknown>>): void {
    this.#parts.webhooks.follow(fields)
  }

  /** Takes what the session's document says of its proxy. The next connection goes through it. */
  connectThrough(fields: ProxyFields): void {
    this.#parts.proxyFields = fields
  }

  /** Passes on the open actions on the session. */
  act(actions: readonly OpenAction[]): void {
    if (this.#parts.actions.hear(actions)) this.#parts.wake.call()
  }

  /** Passes on a question to the session, which is answered beside its loop. */
  ask(question: DocumentSnapshot): void {
    this.#parts.queries.hear(question)
  }

  mute(muted: boolean): void {
    this.#muted = muted
    this.#parts.keeper.mute(muted)
    this.#parts.wake.call()
  }

  /** Starts the hand-over: the loop closes the connection in order and releases the session. */
  leave(deadline: Deadline): void {
    this.#leaving = deadline
    this.#parts.keeper.interrupt()
    this.#parts.wake.call()
  }

  /** States the session's state anew in its document, which somebody else has marked. */
  restate({ statuses }: Readonly<Record<string, unknown>>): void {
    this.#marked = sessionDocumentSchema.shape.statuses.parse(statuses)
    this.#parts.wake.call()
  }

  /** Hands the session over to another runner, to any other one where `to` is null. This runner leaves it to others for a moment. */
  move(to: string | null): void {
    if (this.#leaving) return
    this.#movesTo = { from: this.#dependencies.runnerId, to }
    this.leave(new Deadline(this.#dependencies.clock, HAND_OVER_WITHIN_MS))
  }

  get isMoving(): boolean {
    return this.#movesTo !== null
  }

  /** Whether a move disturbs nothing but the connection: nothing is asked of the session, and it is not in the middle of something. */
  get mayMove(): boolean {
    const { actions, quarantine, status } = this.#parts
    if (this.#leaving || this.#muted || actions.isBusy || quarantine.isOnTrial) return false
    return status.state === 'CONNECTED' || status.isHalted
  }

  doubtOwnership(): void {
    this.#inDoubt = true
    this.#parts.wake.call()
  }

  async run(): Promise<SessionEnd> {
    const { actions, image, journal, keeper, logger, quarantine, wake } = this.#parts
    try {
      this.#listen()
      while (!journal.ended) {
        if (this.#leaving) return await this.#handOver(this.#leaving)
        if (this.#wanted === 'offline' && !actions.isBusy) return await this.#stop()
        await this.#step()
        quarantine.look(image.engine ? keeper.activity : 'waiting')
        await wake.wait(this.#nextStepAtMs())
      }
    } catch (error) {
      if (!journal.ended) logger.error({ error }, 'The session failed in an unexpected way.')
    }
    this.#drop()
    journal.close()
    const fenced = isHoldfastError(journal.ended, 'fenced')
    logger.warn({ error: journal.ended }, fenced ? 'Another runner owns the session now.' : 'The runner gave the session up.')
    return fenced ? 'fenced' : 'given-up'
  }

  async #step(): Promise<void> {
    const { actions, image, keeper, quarantine, wake, watch } = this.#parts
    this.#restateWhenAsked()
    if (quarantine.isTrialDue && this.#wanted === 'online') await this.#tryAgain()
    if (image.isDue) await image.open()
    await actions.advance()
    if (!this.#muted && !this.#leaving) await watch.look()
    await image.putDown()
    const { engine } = image
    if (!engine) return
    if (engine.checkpointer.isDue && !this.#muted) void engine.checkpointer.run().then(() => wake.call())
    image.kept(await keeper.keep(engine))
    await image.putDown()
  }

  /** Appends a record that shows whether this owner may still append, and one that states the session's state anew. */
  #restateWhenAsked(): void {
    const { image, records, status } = this.#parts
    if (this.#inDoubt) {
      this.#inDoubt = false
      records.append({})
    }
    if (this.#marked) {
      const stated = status.restated(image.engine, this.#marked)
      this.#marked = null
      if (stated) records.append({ events: [stated] })
    }
  }

  /** Begins the next trial of a quarantined session, here or on a runner where it harms fewer others. */
  async #tryAgain(): Promise<void> {
    const { logger, opening, quarantine, reconnection, status } = this.#parts
    const to = (await this.#dependencies.saferPlace?.(this.sessionId).catch(() => null)) ?? null
    if (to !== null) return this.move(to)
    logger.warn('The quarantine of the session is over for now: it is tried again, alone.')
    quarantine.retry()
    if (status.state === 'QUARANTINED') reconnection.goOn()
    opening.hasten()
  }

  #nextStepAtMs(): number {
    const { actions, image, keeper, quarantine, watch } = this.#parts
    const watchAtMs = this.#muted ? Number.POSITIVE_INFINITY : watch.dueAtMs
    const next = Math.min(actions.dueAtMs, quarantine.dueAtMs, watchAtMs)
    if (!image.engine) return Math.min(next, image.openAtMs)
    // No checkpoint starts while muted; unmuting wakes the loop.
    const checkpointAtMs = this.#muted ? Number.POSITIVE_INFINITY : image.engine.checkpointer.dueAtMs
    return Math.min(next, keeper.dueAtMs, checkpointAtMs)
  }

  /** Releases the session, because it is not wanted online. */
  #stop(): Promise<SessionEnd> {
    this.#parts.watch.stopped()
    return this.#release('STOPPED', 'requested', new Deadline(this.#dependencies.clock, HAND_OVER_WITHIN_MS))
  }

  #handOver(deadline: Deadline): Promise<SessionEnd> {
    return this.#release('BACKOFF', this.#movesTo ? 'moving' : 'runner-leaving', deadline)
  }

  async #release(state: SessionState, reason: ReasonCode, deadline: Deadline): Promise<SessionEnd> {
    const { image, journal, keeper, records, status } = this.#parts
    // A halted session keeps its state, unless it is stopped.
    image.engine?.directory.flush()
    const keepsState = status.isHalted && this.#wanted === 'online'
    try {
      await releaseSession({
        journal,
        engine: image.engine,
        keeper,
        deadline,
        append: (entry) => records.append(entry),
        released: status.released(keepsState ? null : { state, reason }, image.engine, this.#movesTo),
      })
      return 'released'
    } catch {
      return isHoldfastError(journal.ended, 'fenced') ? 'fenced' : 'given-up'
    } finally {
      this.#drop()
      journal.close()
    }
  }

  /** Drops all that is in memory. Nothing more is sent or written. */
  #drop(): void {
    const { image, keeper, network, quarantine, watch } = this.#parts
    quarantine.end()
    image.end()
    keeper.cut()
    network.left()
    watch.end()
  }

  #listen(): void {
    const { image, journal, logger, wake } = this.#parts
    journal.onDurable(() => {
      if (image.engine?.checkpointer.isDue) wake.call()
    })
    const { tasks, journals } = this.#dependencies
    const shown = (): Promise<unknown> => journals.followed(this.sessionId)
    journal.listen({
      onWritten: (merges) => void kickWebhooks({ tasks, logger, shown }, merges),
      onEnd: () => {
        this.#drop()
        wake.call()
      },
      onWriteRefused: (paths) =>
        logger.error({ paths }, 'Firestore refused these documents twice; they do not show the state of the session.'),
    })
  }
}
