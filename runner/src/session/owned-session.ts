import { pairingPlace, type SessionDocument } from '@holdfast/core/documents/session-document'
import { SessionCipher } from '@holdfast/core/envelope'
import { HoldfastError, isHoldfastError } from '@holdfast/core/errors'
import type { Fields } from '@holdfast/core/ports'
import { isHalted, type ReasonCode, type SessionState as StateName } from '@holdfast/core/session-states'
import { type ReconnectPolicy, type Verdict, verdict } from '@holdfast/core/verdict'
import type { Claim } from './claim.ts'
import type { Connection, ConnectionEvents } from './connection.ts'
import { type Engine, type SessionDependencies, openEngine } from './engine.ts'
import { Failures } from './failures.ts'
import { Journal } from './journal.ts'
import { stateFields } from './session-fields.ts'
import { SessionStatus, type SessionSnapshot } from './session-status.ts'
import { Wake } from './wake.ts'

/** Why this process no longer holds the session. */
export type SessionEnd = 'released' | 'fenced' | 'given-up'

export interface OwnedSessionDependencies extends SessionDependencies {
  readonly reconnect: ReconnectPolicy
  /** Resolves when this runner may dial once more. */
  readonly dialTurn: () => Promise<void>
}

/** A muted connection that holds frames is let go after this, rather than kept half alive. */
const LET_GO_AFTER_MS = 20_000

/** A leaving runner has 8 s in all (Cloud Run kills after 10). */
const FINISH_SENDING_MS = 2000
const FINISH_WRITING_MS = 1000
const CHECKPOINT_MS = 2000

/** WhatsApp shows the first QR code of a connection for 60 s and the next ones for 20 s each. */
const FIRST_QR_MS = 60_000
const NEXT_QR_MS = 20_000

/**
 * One session, from its claim to the moment this process gives it up. A single loop reconciles what is wanted with what is: events
 * only note what happened and wake it. It ends when the journal does: whoever may not append may not speak.
 */
export class OwnedSession {
  readonly sessionId: string
  readonly #dependencies: OwnedSessionDependencies
  readonly #claim: Claim
  readonly #wake: Wake
  readonly #failures: Failures
  readonly #status: SessionStatus
  #engine: Engine | null = null
  #journal: Journal
  #connection: Connection | null = null
  #wanted: 'online' | 'offline'
  #leaving = false
  #muted = false
  /** Nothing is dialled until somebody acts. */
  #halted: boolean
  #startRequestedAt: Date | null
  #dialAtMs = 0
  #ended: { code: number | undefined } | null = null
  #qrCodes = 0

  constructor(dependencies: OwnedSessionDependencies, claim: Claim) {
    const logger = dependencies.logger.child({ session: claim.sessionId, epoch: claim.head.epoch })
    this.#dependencies = { ...dependencies, logger }
    this.#claim = claim
    this.sessionId = claim.sessionId
    this.#wanted = claim.session.wanted
    this.#halted = isHalted(claim.session.state) && !wasStartedSince(claim.session)
    this.#startRequestedAt = claim.session.startRequestedAt
    this.#status = new SessionStatus(claim, dependencies.clock, this.#halted ? claim.session.state : 'CLAIMING')
    this.#wake = new Wake(dependencies.clock)
    this.#failures = new Failures(dependencies.clock)
    this.#journal = this.#keylessJournal()
  }

  /** What the runner's heartbeat says about the session. */
  get status(): SessionSnapshot {
    return this.#status.snapshot(this.#muted, this.#engine)
  }

  /** What the session's document says. A newer request to start ends the wait of a session that nothing was tried for. */
  want(wanted: 'online' | 'offline', startRequestedAt: Date | null): void {
    this.#wanted = wanted
    if (startRequestedAt && startRequestedAt > (this.#startRequestedAt ?? NEVER)) {
      this.#startRequestedAt = startRequestedAt
      if (this.#halted && this.#engine) this.#resume()
    }
    this.#wake.call()
  }

  mute(muted: boolean): void {
    this.#muted = muted
    this.#connection?.mute(muted)
    this.#wake.call()
  }

  /** Hands the session over: the loop closes the connection in order and releases it. */
  leave(): void {
    this.#leaving = true
    this.#wake.call()
  }

  /** Somebody may have taken the session: the next append tells. */
  doubtOwnership(): void {
    this.#engine?.state.append({})
  }

  async run(): Promise<SessionEnd> {
    const { logger } = this.#dependencies
    try {
      this.#listen()
      await this.#open()
      while (!this.#journal.ended) {
        if (this.#leaving) return await this.#release('BACKOFF', 'runner-leaving')
        if (this.#wanted === 'offline') return await this.#release('STOPPED', 'requested')
        await this.#step()
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
    if (this.#ended) await this.#judge(this.#ended)
    const engine = this.#engine
    if (!engine) return
    if (engine.checkpointer.isDue && !this.#muted) void engine.checkpointer.run().then(() => this.#wake.call())
    if (this.#connection) {
      if (this.#muted && this.#connection.heldForMs() > LET_GO_AFTER_MS) this.#lose(undefined)
      return
    }
    if (this.#halted || this.#muted || this.#dependencies.clock.now() < this.#dialAtMs) return
    await this.#dial(engine)
  }

  #nextStepAtMs(): number {
    const { clock } = this.#dependencies
    // Unmuting wakes the loop; nothing else is done before.
    if (this.#muted) return this.#connection ? clock.now() + 1000 : Number.POSITIVE_INFINITY
    const dial = this.#connection || this.#halted || !this.#engine ? Number.POSITIVE_INFINITY : this.#dialAtMs
    return Math.min(dial, this.#engine?.checkpointer.dueAtMs ?? Number.POSITIVE_INFINITY)
  }

  /** Reads the state. Trouble of the stores is tried again; damage halts the session, with everything left as it is. */
  async #open(): Promise<void> {
    const { clock, logger } = this.#dependencies
    for (let attempt = 1; !this.#leaving && !this.#journal.ended; attempt++) {
      try {
        if (attempt > 1 && !this.#halted) await this.#showRestoring()
        const claim = { ...this.#claim, head: this.#journal.head }
        const engine = await openEngine(this.#dependencies, claim)
        await engine.inbox.documentOpenRows(claim.head.sequence)
        // What was damaged or locked is readable again.
        if (REPAIRABLE.has(claim.session.reason)) this.#halted = false
        this.#engine = engine
        this.#journal = engine.state.journal
        this.#listen()
        this.#recall(engine)
        engine.sentJobs.settleRecorded()
        engine.outbox.listen()
        return
      } catch (error) {
        if (error instanceof HoldfastError) {
          logger.error({ error }, 'The state cannot be read in full. Nothing was changed; an operator has to look.')
          this.#halted = true
          this.#publish('NEEDS_ATTENTION', isKeyTrouble(error) ? 'key-unavailable' : 'state-corrupt')
          return
        }
        logger.warn({ error, attempt }, 'The state could not be read yet.')
        await clock.sleep(Math.min(500 * 2 ** attempt, 30_000))
      }
    }
  }

  async #showRestoring(): Promise<void> {
    this.#publish('RESTORING', 'restoring')
    await this.#journal.whenDurable()
  }

  #mayDial(): boolean {
    return !this.#leaving && !this.#muted && this.#wanted === 'online'
  }

  /** The operator wants to try again what had been stopped for good. */
  #resume(): void {
    this.#halted = false
    this.#dialAtMs = 0
    this.#failures.forget()
  }

  /** The phone has unlinked this device, and somebody asked to start it all the same: it is to be linked anew. */
  async #renewLoggedOut(engine: Engine): Promise<void> {
    if (!engine.memory.loggedOut) return
    // The credentials that end here stay in a checkpoint of their own, and aside in the state.
    await engine.checkpointer.run()
    engine.client.renewIdentity()
    engine.memory.forgetIdentity()
  }

  /** That the session was replaced binds the next owner as well. */
  #recall({ memory }: Engine): void {
    if (!memory.replaced) return
    this.#failures.remember(memory.replaced.atMs)
    this.#dialAtMs = memory.replaced.dialAtMs
  }

  /** The attempt is a record: an owner that lost the session without knowing it must not log in either. */
  async #dial(engine: Engine): Promise<void> {
    const { dialTurn, logger } = this.#dependencies
    await dialTurn()
    if (!this.#mayDial()) return
    await this.#renewLoggedOut(engine)
    if (engine.state.image.creds === null) engine.client.renewIdentity()
    const writes = this.#status.enter('CONNECTING', 'opening-socket', {}, engine)
    const position = engine.state.append({ kind: 'connect', writes })
    await engine.state.journal.whenDurable(position)
    if (!this.#mayDial()) return
    this.#qrCodes = 0
    this.#connection = engine.client.connect(this.#events(engine))
    this.#connection.mute(this.#muted)
    logger.info('Connecting to WhatsApp.')
  }

  #events(engine: Engine): ConnectionEvents {
    return {
      onQr: (qr) => this.#showQr(engine, qr),
      onLogin: () => engine.memory.rememberLogin(),
      onOpen: () => this.#opened(engine),
      onMessageAck: (messageId, error) => engine.outbox.acknowledged(messageId, error),
      onReceipt: (messageIds, type) => {
        for (const messageId of messageIds) {
          // A contact can only have what WhatsApp has: the receipt says what a lost ack would have said.
          engine.outbox.acknowledged(messageId, null)
          engine.sentJobs.receipt(messageId, type)
        }
      },
      onProofOfLife: () => this.#status.provedAlive(),
      onClose: (code) => this.#lose(code),
    }
  }

  #showQr(engine: Engine, qr: string): void {
    const { clock } = this.#dependencies
    const lifeMs = this.#qrCodes++ === 0 ? FIRST_QR_MS : NEXT_QR_MS
    const sealed = engine.cipher.sealContent(Buffer.from(qr), pairingPlace(this.sessionId))
    this.#publish('PAIRING', 'scan-qr', { pairing: { qr: sealed, expiresAt: new Date(clock.now() + lifeMs) } })
  }

  #opened(engine: Engine): void {
    this.#failures.opened()
    this.#publish('CONNECTED', 'logged-in', { me: engine.client.me, pairing: null, nextAttemptAt: null })
    this.#dependencies.logger.info('Connected to WhatsApp.')
    if (this.#connection) engine.outbox.opened(this.#connection)
    this.#wake.call()
  }

  /** The connection is gone, by whoever's doing. */
  #lose(code: number | undefined): void {
    this.#connection?.cut()
    this.#connection = null
    this.#engine?.outbox.closed()
    this.#ended = { code }
    this.#wake.call()
  }

  async #judge({ code }: { code: number | undefined }): Promise<void> {
    const engine = this.#engine
    this.#ended = null
    if (!engine) return
    const { random, reconnect, logger } = this.#dependencies
    // Replaced: perhaps by the session's new owner. One append tells, and when it is refused there is nothing more to say.
    if (code === 440) await engine.state.journal.whenDurable(engine.state.append({}))
    const context = this.#failures.count(code, {
      everLoggedIn: engine.memory.everLoggedIn,
      paired: engine.client.me !== null,
      qrShown: this.#qrCodes > 0,
    })
    const decision = verdict({ code }, context, reconnect, random)
    logger.info({ code, action: decision.action, reason: decision.reason }, 'The connection ended.')
    this.#follow(engine, decision)
  }

  #follow(engine: Engine, decision: Verdict): void {
    const { clock } = this.#dependencies
    switch (decision.action) {
      case 'reconnect':
        this.#dialAtMs = clock.now() + decision.delayMs
        if (decision.counts === 'replaced') {
          engine.memory.rememberReplaced({ atMs: this.#failures.replacedAtMs, dialAtMs: this.#dialAtMs })
        }
        if (decision.delayMs > 0)
          this.#publish(decision.state, decision.reason, { nextAttemptAt: new Date(this.#dialAtMs), pairing: null })
        return
      case 'new-identity':
        engine.client.renewIdentity()
        this.#dialAtMs = clock.now() + decision.delayMs
        this.#publish('BACKOFF', decision.reason, { nextAttemptAt: new Date(this.#dialAtMs), pairing: null })
        return
      case 'stop':
        this.#halted = true
        if (decision.state === 'LOGGED_OUT') engine.memory.rememberLogout()
        this.#publish(decision.state, decision.reason, { nextAttemptAt: null, pairing: null })
    }
  }

  /** Lets what is on its way arrive, closes in order, saves, and appends that nobody owns the session any more. */
  async #release(state: StateName, reason: ReasonCode): Promise<SessionEnd> {
    const engine = this.#engine
    try {
      await engine?.outbox.stop(FINISH_SENDING_MS)
      // What was received until now may be receipted as soon as it is durable.
      await this.#within(FINISH_WRITING_MS, this.#journal.whenDurable())
      await this.#connection?.close()
      this.#connection = null
      if (engine && engine.state.unsavedChanges > 0) await this.#within(CHECKPOINT_MS, engine.checkpointer.run())
      const shown = this.#halted && this.#wanted === 'online' ? {} : stateFields(state, reason)
      const { promise: written, resolve: onWritten, reject } = Promise.withResolvers<void>()
      written.catch(() => {})
      const writes = this.#status.writes({ runnerId: null, pairing: null, ...shown }, engine)
      const onRefused = () => reject(new Error('Firestore refused the release.'))
      const entry = { kind: 'release', writes, onWritten, onRefused } as const
      await this.#journal.whenDurable(engine ? engine.state.append(entry) : this.#journal.append(entry))
      await written
      return 'released'
    } catch {
      return isHoldfastError(this.#journal.ended, 'fenced') ? 'fenced' : 'given-up'
    } finally {
      this.#drop()
      this.#journal.close()
    }
  }

  async #within(limitMs: number, work: Promise<void>): Promise<void> {
    const done = new AbortController()
    await Promise.race([work, this.#dependencies.clock.sleep(limitMs, done.signal)]).finally(() => done.abort())
  }

  /** Nothing more is said or written: everything in memory is thrown away. */
  #drop(): void {
    this.#engine?.outbox.abandon()
    this.#connection?.cut()
    this.#connection = null
  }

  #publish(state: StateName, reason: ReasonCode, fields: Fields = {}): void {
    const entry = { writes: this.#status.enter(state, reason, fields, this.#engine) }
    if (this.#engine) this.#engine.state.append(entry)
    else this.#journal.append(entry)
  }

  #listen(): void {
    this.#journal.listen({
      onDurable: () => {
        this.#connection?.release()
        if (this.#engine?.checkpointer.isDue) this.#wake.call()
      },
      onEnd: () => {
        this.#drop()
        this.#wake.call()
      },
      onWriteRefused: (paths) =>
        this.#dependencies.logger.error(
          { paths },
          'Firestore refused these documents twice; they do not show what the session knows.',
        ),
    })
  }

  /** For a session whose state is not open (yet): its records carry nothing that would need a key. */
  #keylessJournal(): Journal {
    const { documents, clock, random, runnerId, journalLimits } = this.#dependencies
    const cipher = new SessionCipher(this.sessionId, new Map(), 0)
    return new Journal({
      documents,
      sessionId: this.sessionId,
      runnerId,
      cipher,
      clock,
      random,
      limits: journalLimits,
      head: this.#claim.head,
    })
  }
}

/** Reasons that end by themselves when the state can be read. */
const REPAIRABLE: ReadonlySet<ReasonCode> = new Set(['key-unavailable', 'state-corrupt'])

const NEVER = new Date(0)

const wasStartedSince = ({ startRequestedAt, since }: SessionDocument): boolean =>
  startRequestedAt !== null && since !== undefined && startRequestedAt > since

const isKeyTrouble = ({ code }: HoldfastError): boolean => code === 'wrong-key' || code === 'data-key-missing'
