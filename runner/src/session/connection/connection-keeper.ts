import { Deadline } from '@holdfast/core/platform/deadlines'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { ReasonCode, SessionState } from '@holdfast/core/session/session-states'
import type { Disconnect, Verdict } from '@holdfast/core/session/disconnect-policy'
import { ConnectionEnded, type Connection, type ConnectionEvents } from '../../whatsapp/port.ts'
import { DialPlace, type AskToDial, type DialKind } from './dial-place.ts'
import type { Engine } from '../engine.ts'
import type { StatusDetails } from '../events/session-event.ts'
import type { Activity } from '../quarantine/quarantine.ts'
import type { Reconnection } from './reconnection.ts'
import type { SessionStatus } from '../session-status.ts'

/** A muted connection that holds frames is let go after this, rather than kept half alive. */
const LET_GO_AFTER_MS = 20_000

/** A muted connection is looked at this often. */
const LOOK_AT_MUTED_MS = 1000

/** What a logged-out identity leaves could not be saved: no new one is made before that has worked. */
const ARCHIVE_AGAIN_MS = 30_000

/** The time to close a connection when the session is not handed over. */
const CLOSE_WITHIN_MS = 1500

/** The time for WhatsApp to confirm that a device is unlinked. The session does nothing else meanwhile; a hand-over ends the wait. */
const UNLINK_WITHIN_MS = 10_000

export interface KeeperDependencies {
  readonly clock: Clock
  readonly logger: Logger
  readonly status: SessionStatus
  readonly reconnection: Reconnection
  readonly askToDial: AskToDial
  /** Whether a connection may be opened, as far as its runners died over the session. Whoever may not is woken when that changes. */
  readonly mayConnect: () => Promise<boolean>
  /** Whether the session is to have a connection, as things are at the moment of asking. */
  readonly isWanted: () => boolean
  readonly publish: (state: SessionState, reason: ReasonCode, details?: StatusDetails) => void
  /** Something has happened that the session's loop has to look at. */
  readonly wake: () => void
}

/** Keeps one session connected, as far as it may be: from dialling to the verdict on how a connection ended, and again. */
export class ConnectionKeeper {
  readonly #dependencies: KeeperDependencies
  readonly #place: DialPlace
  #connection: Connection | null = null
  #isOpen = false
  #muted = false
  #ended: Disconnect | null = null
  #qrCodes = 0
  #archiveAgainMs = 0
  #interrupt: () => void = () => {}

  constructor(dependencies: KeeperDependencies) {
    const { askToDial: ask, clock, wake } = dependencies
    this.#dependencies = dependencies
    this.#place = new DialPlace({ ask, clock, wake })
  }

  /** How far the connection has got. */
  get reach(): 'connected' | 'pairing' | 'on-its-way' {
    if (this.#isOpen) return 'connected'
    return this.#connection && this.#qrCodes > 0 ? 'pairing' : 'on-its-way'
  }

  /** There is no connection, and none whose end is still to be judged. */
  get isAtRest(): boolean {
    return this.#connection === null && this.#ended === null
  }

  get activity(): Activity {
    if (this.#dependencies.reconnection.isHalted || this.reach !== 'on-its-way') return 'holding'
    return this.isAtRest && this.dueAtMs > this.#dependencies.clock.now() ? 'waiting' : 'connecting'
  }

  /** When the keeper has something to do by itself, ms; infinity while it waits for events. */
  get dueAtMs(): number {
    if (this.#ended) return 0
    // Unmuting wakes the loop; nothing is dialled before.
    if (this.#muted) return this.#connection ? this.#dependencies.clock.now() + LOOK_AT_MUTED_MS : Number.POSITIVE_INFINITY
    if (this.#connection) return this.#place.settlesAtMs
    // Its turn wakes the loop.
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

  /** The next step. `ended`: a connection has just been judged; `distrusted`: and the state in memory is to be read anew. */
  async keep(engine: Engine): Promise<'kept' | 'ended' | 'distrusted'> {
    if (this.#ended) return this.#judge(engine, this.#ended)
    if (this.#connection) {
      this.#place.leaveWhenSettled()
      if (this.#muted && this.#connection.heldForMs() > LET_GO_AFTER_MS) this.#lose(engine, { code: undefined })
    } else if (!this.#muted && this.#dependencies.clock.now() >= this.#dialAtMs) await this.#dialInTurn(engine)
    return 'kept'
  }

  /** Ends the connection in order; no verdict follows. */
  async close(engine: Engine | null, deadline = new Deadline(this.#dependencies.clock, CLOSE_WITHIN_MS)): Promise<void> {
    const connection = this.#connection
    this.#forget(engine)
    await connection?.close(deadline)
    this.#ended = null
  }

  /** Cuts the connection off without another word. */
  cut(): void {
    this.#connection?.cut()
    this.#forget(null)
  }

  /** Ends a wait for WhatsApp's answer: the session is to be handed over. */
  interrupt(): void {
    this.#interrupt()
  }

  /**
   * Unlinks the device from its phone, which ends the connection and halts the session.
   *
   * @throws ConnectionEnded when it is not known whether WhatsApp did it: the next login tells.
   */
  async unlink(engine: Engine): Promise<void> {
    if (!this.#connection || !this.#dependencies.isWanted()) throw new ConnectionEnded('There is no connection any more.')
    const { promise: interrupted, reject } = Promise.withResolvers<never>()
    this.#interrupt = () => reject(new ConnectionEnded('The session is handed over.'))
    const deadline = new Deadline(this.#dependencies.clock, UNLINK_WITHIN_MS)
    await Promise.race([this.#connection.unlink(deadline), interrupted])
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

  /** The attempt is a record: an owner that lost the session without knowing it must not log in either. */
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

  /** The phone has unlinked this device, and somebody asked to start it all the same: it is to be linked anew. */
  async #renewLoggedOut(engine: Engine): Promise<boolean> {
    if (!engine.memory.archived && !(await this.#archive(engine))) {
      this.#archiveAgainMs = this.#dependencies.clock.now() + ARCHIVE_AGAIN_MS
      return false
    }
    engine.client.renewIdentity()
    engine.memory.forgetIdentity()
    return true
  }

  /** The credentials that have ended stay in an object that is named. */
  async #archive(engine: Engine): Promise<boolean> {
    try {
      await engine.checkpointer.putAside('logged-out')
      engine.memory.rememberArchived()
      return true
    } catch (error) {
      this.#dependencies.logger.warn(
        { error },
        'The old credentials could not be put aside yet; no new ones are made before that.',
      )
      return false
    }
  }

  #events(engine: Engine): ConnectionEvents {
    return {
      onQr: (qr, lifeMs) => this.#showQr(engine, qr, lifeMs),
      onLogin: () => engine.memory.rememberLogin(),
      onOpen: () => this.#opened(engine),
      onMessageAck: (messageId, error) => engine.outbox.acknowledged(messageId, error),
      onDevicesMissed: (messageId) => engine.outbox.missedDevices(messageId),
      onReceipt: (messageIds, type) => {
        for (const messageId of messageIds) {
          // A contact can only have what WhatsApp has: the receipt says what a lost ack would have said.
          engine.outbox.acknowledged(messageId, null)
          engine.receipts.receipt(messageId, type)
        }
      },
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
    this.#place.opened()
    reconnection.opened(engine.memory)
    publish('CONNECTED', 'logged-in', { me: engine.client.me })
    logger.info('Connected to WhatsApp.')
    if (this.#connection) engine.outbox.opened(this.#connection)
    wake()
  }

  /** The connection is gone, by whoever's doing. */
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
  }

  async #judge(engine: Engine, disconnect: Disconnect): Promise<'ended' | 'distrusted'> {
    const { clock, logger, reconnection, status } = this.#dependencies
    this.#ended = null
    const linking = { paired: engine.client.me !== null, qrShown: this.#qrCodes > 0 }
    // Replaced: perhaps by the session's new owner. One append tells, and when it is refused there is nothing more to say.
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

  /** What is remembered of the disconnect rides on the record that says what comes of it. */
  #follow(engine: Engine, decision: Verdict): void {
    const { clock, publish, reconnection } = this.#dependencies
    if (decision.action === 'stop') return publish(decision.state, decision.reason, banOf(decision, clock.now()))
    if (decision.action === 'new-identity') engine.client.renewIdentity()
    publish(decision.state, decision.reason, decision.delayMs === 0 ? {} : { nextAttemptAt: new Date(reconnection.dialAtMs) })
  }
}

/** What an attempt would be, by what is known of the device. */
function kindOf({ client, memory }: Engine): DialKind {
  if (client.me === null || memory.loggedOut) return 'pairing'
  return memory.everLoggedIn ? 'login' : 'first-login'
}

function banOf({ reason, banMs }: Extract<Verdict, { action: 'stop' }>, nowMs: number): StatusDetails {
  if (reason !== 'temporarily-banned') return {}
  return { bannedUntil: banMs === null ? null : new Date(nowMs + banMs) }
}
