import { Deadline } from '@holdfast/core/platform/deadlines'
import type { Disconnect } from '@holdfast/core/session/disconnect-policy'
import type { News } from '../../whatsapp/heard.ts'
import { ConnectionEnded, type Connection, type ConnectionEvents } from '../../whatsapp/port.ts'
import { DialPlace, type AskToDial, type DialKind } from './dial-place.ts'
import { eventsOf } from './events-of.ts'
import { judgeEnd, type EndedConnection, type JudgementDependencies } from './judgement.ts'
import { archiveCredentials, renewLoggedOut } from './logged-out.ts'
import type { Engine } from '../engine.ts'
import type { Activity } from '../quarantine/quarantine.ts'
import { Unlinking } from './unlinking.ts'

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

export interface KeeperDependencies extends JudgementDependencies {
  readonly askToDial: AskToDial
  /** Whether the session's crash record allows a connection now. A refused session is woken when the answer may have changed. */
  readonly mayConnect: () => Promise<boolean>
  /** Whether the session needs a connection at the time of the call. */
  readonly isWanted: () => boolean
  /** Wakes the session's loop after a change. */
  readonly wake: () => void
}

/**
 * kept        the keeper did its step, or waits
 * ended       a connection ended, and the verdict on it was carried out
 * distrusted  the same, and the verdict requires the state in memory to be read again
 */
export type Kept = 'kept' | 'ended' | 'distrusted'

/** Keeps one session connected. It dials, judges how each connection ended, and dials again if the verdict allows it. */
export class ConnectionKeeper {
  readonly #dependencies: KeeperDependencies
  readonly #place: DialPlace
  readonly #unlinking: Unlinking
  #connection: Connection | null = null
  #isOpen = false
  /** The name of the account, as the session's document has it. */
  #pushName: string | null | undefined
  #muted = false
  /** A connection without a verdict. */
  #ended: Omit<EndedConnection, 'isUnlinking'> | null = null
  #qrCodes = 0
  #archiveAgainMs = 0

  constructor(dependencies: KeeperDependencies) {
    const { askToDial: ask, clock, wake } = dependencies
    this.#dependencies = dependencies
    this.#place = new DialPlace({ ask, clock, wake })
    this.#unlinking = new Unlinking(clock)
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

  /** Does the next step. */
  async keep(engine: Engine): Promise<Kept> {
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

  /** Cuts the connection off without a verdict and without a word, because it may hang. The loop dials again. */
  drop(engine: Engine | null): void {
    this.#connection?.cut()
    this.#forget(engine)
    this.#ended = null
  }

  /** What our own side of the open connection does; null without one. */
  get ownSide(): { heldForMs: number; readingForMs: number } | null {
    const connection = this.#isOpen ? this.#connection : null
    return connection && { heldForMs: connection.heldForMs(), readingForMs: connection.readingForMs() }
  }

  /** The open connection; null without one, and while it may say nothing. */
  get open(): Connection | null {
    return this.#isOpen && !this.#muted ? this.#connection : null
  }

  /** The connection that shows QR codes; null without one, and while it may say nothing. */
  get pairing(): Connection | null {
    return this.reach === 'pairing' && !this.#muted ? this.#connection : null
  }

  /** Asks the server for news of the phone. */
  async askForNews(): Promise<News> {
    return (await this.#connection?.askForNews()) ?? 'unknown'
  }

  /** Cuts the connection off and sends nothing more. */
  cut(): void {
    this.#connection?.cut()
    this.#forget(null)
  }

  /** Ends a wait for WhatsApp's answer, because the session is handed over. */
  interrupt(): void {
    this.#unlinking.interrupt()
  }

  /**
   * Unlinks the device from its phone, which ends the connection and halts the session.
   *
   * @param confirmed called once WhatsApp has confirmed it, before anything says that the session is logged out
   * @throws ConnectionEnded when WhatsApp did not confirm it. The next login shows whether the device is unlinked.
   */
  async unlink(engine: Engine, confirmed: () => void): Promise<void> {
    if (!this.#connection || !this.#dependencies.isWanted()) throw new ConnectionEnded('The connection has ended.')
    await this.#unlinking.ask(this.#connection)
    confirmed()
    engine.memory.rememberLogout()
    this.#dependencies.reconnection.halt()
    this.#dependencies.publish('LOGGED_OUT', 'logged-out-on-request')
    await this.close(engine)
  }

  async #dialInTurn(engine: Engine): Promise<void> {
    if (!this.#place.mayDial(kindOf(engine))) return this.#showHold(engine)
    if (!(await this.#dependencies.mayConnect())) return
    await this.#dial(engine)
    if (this.#connection) this.#place.dialled()
    else this.#place.leave()
  }

  /** Shows that the session waits for the end of an outage, which takes back the attempts that it spent. */
  #showHold(engine: Engine): void {
    const { network, publish, reconnection, status } = this.#dependencies
    const { heldBecause } = this.#place
    if (heldBecause === null || status.reason === heldBecause) return
    if (network.outage) reconnection.excuse(network.outage.sinceMs, engine.memory)
    publish('BACKOFF', heldBecause)
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
    this.#dependencies.network.dialled()
    this.#connection = engine.client.connect(this.#events(engine))
    this.#connection.mute(this.#muted)
    logger.info('Connecting to WhatsApp.')
  }

  /** Makes a new identity after a log-out. Returns false when it has to wait, because the old one could not be backed up. */
  async #renewLoggedOut(engine: Engine): Promise<boolean> {
    const isRenewed = await renewLoggedOut(engine, () => archiveCredentials(engine, this.#dependencies.logger))
    if (!isRenewed) this.#archiveAgainMs = this.#dependencies.clock.now() + ARCHIVE_AGAIN_MS
    return isRenewed
  }

  #events(engine: Engine): ConnectionEvents {
    const { watch, status, network, logger } = this.#dependencies
    return eventsOf(engine, {
      watch,
      logger,
      answered: () => {
        this.#place.heard()
        status.provedAlive()
        network.heard()
      },
      showQr: (qr, lifeMs) => this.#showQr(engine, qr, lifeMs),
      opened: () => this.#opened(engine),
      accountChanged: () => this.#accountChanged(engine),
      lose: (disconnect) => this.#lose(engine, disconnect),
    })
  }

  #showQr(engine: Engine, qr: string, lifeMs: number): void {
    const { clock, network, reconnection, status, wake } = this.#dependencies
    if (this.#qrCodes++ === 0) {
      reconnection.opened(engine.memory)
      network.opened()
    }
    this.#place.qrShown()
    this.#dependencies.watch.qrShown()
    engine.state.append({ events: [status.showQr(qr, new Date(clock.now() + lifeMs), engine)] })
    wake()
  }

  #opened(engine: Engine): void {
    const { logger, network, publish, reconnection, wake } = this.#dependencies
    this.#isOpen = true
    this.#unlinking.loggedIn()
    this.#place.opened()
    reconnection.opened(engine.memory)
    network.opened()
    this.#dependencies.watch.opened()
    const { me } = engine.client
    this.#pushName = me?.pushName
    publish('CONNECTED', 'logged-in', { me })
    logger.info('Connected to WhatsApp.')
    if (this.#connection) {
      const { questions } = this.#connection
      engine.directory.connected(() => questions.groups({}))
      engine.groups.connected(questions)
      engine.outbox.opened(this.#connection)
      engine.resending.opened(this.#connection)
      engine.incomingMedia.opened(this.#connection.files)
    }
    wake()
  }

  #accountChanged(engine: Engine): void {
    const { me } = engine.client
    if (!this.#isOpen || !me || me.pushName === this.#pushName) return
    this.#pushName = me.pushName
    engine.state.append({ events: [{ type: 'session.renamed', me }] })
  }

  /** Drops a connection that ended, and keeps what the verdict needs. */
  #lose(engine: Engine, disconnect: Disconnect): void {
    const ended = { disconnect, wasOpen: this.#isOpen, qrShown: this.#qrCodes > 0 }
    this.#connection?.cut()
    this.#forget(engine)
    this.#ended = ended
    this.#dependencies.wake()
  }

  #forget(engine: Engine | null): void {
    if (this.#connection) this.#dependencies.watch.ended()
    this.#connection = null
    this.#isOpen = false
    this.#place.leave()
    engine?.directory.disconnected()
    engine?.groups.disconnected()
    engine?.outbox.closed()
    engine?.resending.closed()
    engine?.incomingMedia.closed()
  }

  #judge(engine: Engine, ended: Omit<EndedConnection, 'isUnlinking'>): Promise<'ended' | 'distrusted'> {
    this.#ended = null
    return judgeEnd(engine, { ...ended, isUnlinking: this.#unlinking.isAsked }, this.#dependencies)
  }
}

/** Returns the kind of the next dial, from the identity and the logins of the device. */
function kindOf({ client, memory }: Engine): DialKind {
  if (client.me === null || memory.loggedOut) return 'pairing'
  return memory.everLoggedIn ? 'login' : 'first-login'
}
