import { Deadline } from '@holdfast/core/platform/deadlines'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { ReasonCode, SessionState } from '@holdfast/core/session/session-states'
import type { Disconnect, Verdict } from '@holdfast/core/session/disconnect-policy'
import { ConnectionEnded, type Connection, type ConnectionEvents } from '../../whatsapp/port.ts'
import { DialPlace, type AskToDial, type DialKind } from './dial-place.ts'
import { noteLimit } from '../announced-limit.ts'
import type { Engine } from '../engine.ts'
import type { StatusDetails } from '../events/session-event.ts'
import type { Activity } from '../quarantine/quarantine.ts'
import type { Reconnection } from './reconnection.ts'
import type { SessionStatus } from '../session-status.ts'

/**
 * The keeper closes a muted connection that has held a frame for this long, since a connection that sends nothing is half dead.
 */
const LET_GO_AFTER_MS = 20_000

/** The interval at which the keeper checks a muted connection. */
const LOOK_AT_MUTED_MS = 1000

/**
 * The pause before the next attempt to back up the credentials of a log-out. No new identity is made before the backup succeeds.
 */
const ARCHIVE_AGAIN_MS = 30_000

/** The time to close a connection when the session is not handed over. */
const CLOSE_WITHIN_MS = 1500

/**
 * The time for WhatsApp to confirm that a device is unlinked. The session does nothing else in this
 * time; a hand-over ends the wait.
 */
const UNLINK_WITHIN_MS = 10_000

export interface KeeperDependencies {
  readonly clock: Clock
  readonly logger: Logger
  readonly status: SessionStatus
  readonly reconnection: Reconnection
  readonly askToDial: AskToDial
  /** Whether the session's crash record allows a connection now. A refused session is woken when the answer may have changed. */
  readonly mayConnect: () => Promise<boolean>
  /** Whether the session needs a connection at the time of the call. */
  readonly isWanted: () => boolean
  readonly publish: (state: SessionState, reason: ReasonCode, details?: StatusDetails) => void
  /** Wakes the session's loop after a change. */
  readonly wake: () => void
}

/** Keeps one session connected. It dials, judges how each connection ended, and dials again if the verdict allows it. */
export class ConnectionKeeper {
  readonly #dependencies: KeeperDependencies
  readonly #place: DialPlace
  #connection: Connection | null = null
  #isOpen = false
  #muted = false
  #ended: Disconnect | null = null
  #qrCodes = 0
  /** True from our own request to unlink the device until its answer, or the next login. */
  #isUnlinking = false
  #archiveAgainMs = 0
  #interrupt: () => void = () => {}

  constructor(dependencies: KeeperDependencies) {
    const { askToDial: ask, clock, wake } = dependencies
    this.#dependencies = dependencies
    this.#place = new DialPlace({ ask, clock, wake })
  }

  /** The progress of the connection. */
  get reach(): 'connected' | 'pairing' | 'on-its-way' {
    if (this.#isOpen) return 'connected'
    return this.#connection && this.#qrCodes > 0 ? 'pairing' : 'on-its-way'
  }

  /** True when there is no connection, and no ended one without a verdict. */
  get isAtRest(): boolean {
    return this.#connection === null && this.#ended === null
  }

  get activity(): Activity {
    if (this.#dependencies.reconnection.isHalted || this.reach !== 'on-its-way') return 'holding'
    return this.isAtRest && this.dueAtMs > this.#dependencies.clock.now() ? 'waiting' : 'connecting'
  }

  /** When the keeper has its next step to do, ms; infinity while it waits for events. */
  get dueAtMs(): number {
    if (this.#ended) return 0
    // Unmuting wakes the loop; the keeper dials nothing before.
    if (this.#muted) return this.#connection ? this.#dependencies.clock.now() + LOOK_AT_MUTED_MS : Number.POSITIVE_INFINITY
    if (this.#connection) return this.#place.settlesAtMs
    // A granted turn wakes the loop.
    return this.#place.isTaken ? Number.POSITIVE_INFINITY : this.#dialAtMs
  }

  get #dialAtMs(): number {
    return Math.max(this.#dependencies.reconnection.dialAtMs, this.#archiveAgainMs)
  }

  mute(muted: boolean): void {
    this.#muted = muted
    this.#connection?.mute(muted)
    if (muted && !this.#connection) this.#place.leave()
  }

  /**
   * Does the next step. Returns `ended` after the verdict on a connection, and `distrusted` when that verdict also requires the
   * state in memory to be read again.
   */
  async keep(engine: Engine): Promise<'kept' | 'ended' | 'distrusted'> {
    if (this.#ended) return this.#judge(engine, this.#ended)
    if (this.#connection) {
      this.#place.leaveWhenSettled()
      if (this.#muted && this.#connection.heldForMs() > LET_GO_AFTER_MS) this.#lose(engine, { code: undefined })
    } else if (!this.#muted && this.#dependencies.clock.now() >= this.#dialAtMs) await this.#dialInTurn(engine)
    return 'kept'
  }

  /** Closes the connection in order, without a verdict. */
  async close(engine: Engine | null, deadline = new Deadline(this.#dependencies.clock, CLOSE_WITHIN_MS)): Promise<void> {
    const connection = this.#connection
    this.#forget(engine)
    await connection?.close(deadline)
    this.#ended = null
  }

  /** Cuts the connection off and sends nothing more. */
  cut(): void {
    this.#connection?.cut()
    this.#forget(null)
  }

  /** Ends a wait for WhatsApp's answer, because the session is handed over. */
  interrupt(): void {
    this.#interrupt()
  }

  /**
   * Unlinks the device from its phone, which ends the connection and halts the session.
   *
   * @throws ConnectionEnded when WhatsApp did not confirm it. The next login shows whether the device is unlinked.
   */
  async unlink(engine: Engine): Promise<void> {
    if (!this.#connection || !this.#dependencies.isWanted()) throw new ConnectionEnded('The connection has ended.')
    this.#isUnlinking = true
    const { promise: interrupted, reject } = Promise.withResolvers<never>()
    this.#interrupt = () => reject(new ConnectionEnded('The session is handed over.'))
    const deadline = new Deadline(this.#dependencies.clock, UNLINK_WITHIN_MS)
    try {
      await Promise.race([this.#connection.unlink(deadline), interrupted])
    } catch (error) {
      this.#isUnlinking = error instanceof ConnectionEnded
      throw error
    }
    engine.memory.rememberLogout()
    this.#dependencies.reconnection.halt()
    this.#dependencies.publish('LOGGED_OUT', 'logged-out-on-request')
    await this.close(engine)
  }

  async #dialInTurn(engine: Engine): Promise<void> {
    if (!this.#place.mayDial(kindOf(engine)) || !(await this.#dependencies.mayConnect())) return
    await this.#dial(engine)
    if (this.#connection) this.#place.dialled()
    else this.#place.leave()
  }

  /** Appends a record of the attempt, then connects. An owner that lost the session without knowing it fails at the record. */
  async #dial(engine: Engine): Promise<void> {
    const { isWanted, logger, status } = this.#dependencies
    if (engine.memory.loggedOut && !(await this.#renewLoggedOut(engine))) return
    if (engine.state.image.creds === null) engine.client.renewIdentity()
    const connecting = status.enter('CONNECTING', 'opening-socket', {}, engine)
    await engine.state.journal.whenDurable(engine.state.append({ kind: 'connect', events: [connecting] }))
    if (this.#muted || !isWanted()) return
    this.#qrCodes = 0
    this.#connection = engine.client.connect(this.#events(engine))
    this.#connection.mute(this.#muted)
    logger.info('Connecting to WhatsApp.')
  }

  /**
   * Makes a new identity after the phone unlinked the device and an operator started the session
   * again. Backs up the old one first.
   */
  async #renewLoggedOut(engine: Engine): Promise<boolean> {
    if (!engine.memory.archived && !(await this.#archive(engine))) {
      this.#archiveAgainMs = this.#dependencies.clock.now() + ARCHIVE_AGAIN_MS
      return false
    }
    engine.client.renewIdentity()
    engine.memory.forgetIdentity()
    return true
  }

  /** Keeps the invalid credentials in an object that the session's document names. Returns false when the backup failed. */
  async #archive(engine: Engine): Promise<boolean> {
    try {
      await engine.checkpointer.putAside('logged-out')
      engine.memory.rememberArchived()
      return true
    } catch (error) {
      this.#dependencies.logger.warn(
        { error },
        'The backup of the old credentials failed; the session makes no new ones before it succeeds.',
      )
      return false
    }
  }

  #events(engine: Engine): ConnectionEvents {
    return {
      onQr: (qr, lifeMs) => this.#showQr(engine, qr, lifeMs),
      onLogin: () => engine.memory.rememberLogin(),
      onOpen: () => this.#opened(engine),
      onMessageAck: (messageId, error) => {
        if (!engine.outbox.acknowledged(messageId, error)) engine.resending.acknowledged(messageId, error)
      },
      onDevicesMissed: (messageId) => {
        if (!engine.outbox.missedDevices(messageId)) engine.resending.acknowledged(messageId, null)
      },
      onAskedAgain: (asked) => engine.resending.asked(asked),
      onReceipt: (messageIds, type, device) => {
        for (const messageId of messageIds) {
          // A receipt proves that WhatsApp has the message, so it stands in for a lost ack.
          engine.outbox.acknowledged(messageId, null)
          engine.receipts.receipt(messageId, type)
          engine.resending.received(messageId, device)
        }
      },
      onAnnouncedLimit: (limit) => noteLimit(engine, limit, this.#dependencies.logger),
      onProofOfLife: () => {
        this.#place.heard()
        this.#dependencies.status.provedAlive()
      },
      onClose: (code, details) => this.#lose(engine, { code, ...details }),
    }
  }

  #showQr(engine: Engine, qr: string, lifeMs: number): void {
    const { clock, reconnection, status, wake } = this.#dependencies
    if (this.#qrCodes++ === 0) reconnection.opened(engine.memory)
    this.#place.qrShown()
    engine.state.append({ events: [status.showQr(qr, new Date(clock.now() + lifeMs), engine)] })
    wake()
  }

  #opened(engine: Engine): void {
    const { logger, publish, reconnection, wake } = this.#dependencies
    this.#isOpen = true
    this.#isUnlinking = false
    this.#place.opened()
    reconnection.opened(engine.memory)
    publish('CONNECTED', 'logged-in', { me: engine.client.me })
    logger.info('Connected to WhatsApp.')
    if (this.#connection) {
      engine.outbox.opened(this.#connection)
      engine.resending.opened(this.#connection)
    }
    wake()
  }

  /** Drops a connection that ended, and keeps the reason for the verdict. */
  #lose(engine: Engine, disconnect: Disconnect): void {
    this.#connection?.cut()
    this.#forget(engine)
    this.#ended = disconnect
    this.#dependencies.wake()
  }

  #forget(engine: Engine | null): void {
    this.#connection = null
    this.#isOpen = false
    this.#place.leave()
    engine?.outbox.closed()
    engine?.resending.closed()
  }

  async #judge(engine: Engine, disconnect: Disconnect): Promise<'ended' | 'distrusted'> {
    const { clock, logger, reconnection, status } = this.#dependencies
    this.#ended = null
    const linking = { paired: engine.client.me !== null, qrShown: this.#qrCodes > 0 }
    // A new owner of the session may have replaced the connection. One append shows it: if the
    // append is refused, this owner stops.
    if (reconnection.isReplaced(disconnect, linking, engine.memory)) {
      await engine.state.journal.whenDurable(engine.state.append({}))
    }
    const decision = reconnection.judge(disconnect, linking, engine.memory)
    const { class: kind, reason, action } = decision
    const delayMs = action === 'stop' ? null : decision.delayMs
    logger[action === 'stop' ? 'warn' : 'info']({ ...disconnect, class: kind, action, reason, delayMs }, 'The connection ended.')
    status.disconnected({ code: disconnect.code ?? null, class: kind, reason, at: new Date(clock.now()) })
    this.#follow(engine, decision)
    if (action === 'stop' && decision.state === 'LOGGED_OUT') await this.#archive(engine)
    return action === 'reconnect' && decision.rereads ? 'distrusted' : 'ended'
  }

  /** Carries out the verdict. The memory of the disconnect becomes part of the same record as the new state. */
  #follow(engine: Engine, decision: Verdict): void {
    const { clock, publish, reconnection } = this.#dependencies
    if (decision.action === 'stop') {
      // The end of the connection may come before WhatsApp's answer to our own request, and instead of it.
      const isOurs = this.#isUnlinking && decision.reason === 'logged-out'
      return publish(decision.state, isOurs ? 'logged-out-on-request' : decision.reason, banOf(decision, clock.now()))
    }
    if (decision.action === 'new-identity') engine.client.renewIdentity()
    publish(decision.state, decision.reason, decision.delayMs === 0 ? {} : { nextAttemptAt: new Date(reconnection.dialAtMs) })
  }
}

/** Returns the kind of the next dial, from the identity and the logins of the device. */
function kindOf({ client, memory }: Engine): DialKind {
  if (client.me === null || memory.loggedOut) return 'pairing'
  return memory.everLoggedIn ? 'login' : 'first-login'
}

function banOf({ reason, banMs }: Extract<Verdict, { action: 'stop' }>, nowMs: number): StatusDetails {
  if (reason !== 'temporarily-banned') return {}
  return { bannedUntil: banMs === null ? null : new Date(nowMs + banMs) }
}
