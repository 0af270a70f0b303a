import type { BinaryNode, WASocket } from '@whiskeysockets/baileys'
import type { Deadline } from '@holdfast/core/platform/deadlines'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { MessageContent } from '@holdfast/core/message/content'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, Random } from '@holdfast/core/platform/ports'
import type { Disconnect } from '@holdfast/core/session/disconnect-policy'
import {
  ConnectionEnded,
  type AnnouncedLimit,
  type AskedAgain,
  type Connection,
  type ConnectionEvents,
  type FrameGate,
  type DeliveredStanzas,
} from '../port.ts'
import type { AppState } from './receive/app-state.ts'
import type { DeviceCache } from './send/device-cache.ts'
import { capOf, lockOf, REACH_OUT_REFUSED } from './announced-limits.ts'
import { disconnectOf } from './disconnect.ts'
import { KeepAlive } from './keep-alive.ts'
import type { KeyStore } from './signal/key-store.ts'
import type { LidMap } from './signal/lid-map.ts'
import type { MissingLids } from './signal/missing-lids.ts'
import type { Receiving } from './receive/receiving.ts'
import { keepMessagesInOrder } from './receive/message-order.ts'
import type { GroupMembers } from './send/group-members.ts'
import { Sending } from './send/sending.ts'
import { StaleDevices } from './send/stale-devices.ts'
import { watchStanzas } from './stanza-events.ts'

/** The limit of a dial. Without a login or a QR code by then it has failed, whatever the socket reports. */
const DIAL_TIMEOUT_MS = 30_000

/** WhatsApp shows the first QR code of a connection for 60 s and the next ones for 20 s each. */
const FIRST_QR_MS = 60_000
const NEXT_QR_MS = 20_000

/** How often the lock is asked for when notices cross the answers. */
const LOCK_QUESTIONS = 3

/** Disconnects with Baileys' codes, for ends that Baileys does not notice, or not at once. */
const CONNECTION_CLOSED: Disconnect = { code: 428, transport: 'broken' }
const CONNECTION_LOST: Disconnect = { code: 408, transport: 'broken' }

/** The disconnect for a login that makes no sense. It counts as trouble of WhatsApp. */
const LOGIN_WITHOUT_DEVICE: Disconnect = { code: 502 }

/** One Baileys socket behind its gate, from dialling to its end. */
export class BaileysConnection implements Connection {
  readonly #socket: WASocket
  readonly #gate: FrameGate
  readonly #keyStore: KeyStore
  readonly #staleDevices: StaleDevices
  readonly #sending: Sending
  readonly #appState: AppState
  readonly #events: ConnectionEvents
  readonly #clock: Clock
  readonly #keepAlive: KeepAlive
  readonly #qrLifeMs: number | null
  readonly #logger: Logger
  #qrCodes = 0
  /** The number of times that Baileys told of a lock or its end. */
  #lockNews = 0
  #cancelDialTimeout: () => void
  /** True once the connection has ended or was asked to end. No event reports the end after that. */
  #over = false
  /** Functions that end the waits for answers of the socket. */
  readonly #waiting = new Set<() => void>()

  constructor(options: {
    socket: WASocket
    gate: FrameGate
    keyStore: KeyStore
    devices: DeviceCache
    names: LidMap
    missingLids: MissingLids
    members: GroupMembers
    deliveries: DeliveredStanzas
    receiving: Receiving
    appState: AppState
    stanzas: WeakMap<Uint8Array, BinaryNode>
    events: ConnectionEvents
    clock: Clock
    random: Random
    /** The life of every QR code; null for WhatsApp's own timing. */
    qrLifeMs: number | null
    logger: Logger
  }) {
    const { socket, gate, clock, events, deliveries, devices, names, missingLids, members, receiving, logger } = options
    this.#socket = socket
    this.#gate = gate
    this.#keyStore = options.keyStore
    this.#staleDevices = new StaleDevices(devices, { me: () => this.#me, membersOf: (group) => members.jidsOf(group) })
    this.#sending = new Sending({
      socket,
      keyStore: options.keyStore,
      devices,
      staleDevices: this.#staleDevices,
      names,
      members,
      whileOpen: (work) => this.#whileOpen(work),
    })
    this.#appState = options.appState
    this.#events = events
    this.#clock = clock
    this.#qrLifeMs = options.qrLifeMs
    this.#logger = logger
    this.#keepAlive = new KeepAlive({
      clock,
      random: options.random,
      ping: () => gate.sendUnbound(() => socket.sendNode(pingNode(socket.generateMessageTag()))),
      onSilence: () => this.#fail(CONNECTION_LOST),
    })
    this.#cancelDialTimeout = clock.after(DIAL_TIMEOUT_MS, () => this.#fail(CONNECTION_LOST), 'baileys-connection')
    // `ws` leaves a refused upgrade to the listeners of this event. Baileys has one that does nothing.
    socket.ws.on('unexpected-response', () => this.#fail(CONNECTION_CLOSED))
    const onBroken = (error: unknown) => logger.error({ error }, 'Handling of a stanza failed.')
    keepMessagesInOrder(socket.ws, onBroken)
    watchStanzas(socket.ws, {
      stanzas: options.stanzas,
      onFrame: () => {
        this.#keepAlive.heard()
        events.onProofOfLife()
      },
      onLogin: () => this.#loggedIn(),
      onMessage: (stanza) => receiving.arrived(stanza),
      onMessageAck: (id, { error, chat, devicesHash }) => {
        if (error === REACH_OUT_REFUSED) this.#askForLimits()
        if (error === null && this.#staleDevices.dropIfStale(chat, devicesHash)) events.onDevicesMissed(id)
        else events.onMessageAck(id, error)
      },
      onReceipt: (ids, type, device) => events.onReceipt(ids, type, device),
      onAskedAgain: (asked) => events.onAskedAgain(asked),
      onReceiptAcknowledged: (id) => deliveries.receiptAcknowledged(id),
      onDevicesChanged: (jids) => {
        devices.revoke(jids)
        missingLids.forget(jids)
      },
      onOwnDevicesChanged: () => this.#staleDevices.drop(),
      onDevicesListed: (lists) => devices.listed(lists, this.#me),
      onBroken,
    })
    this.#follow()
  }

  get #me(): { id: string; lid?: string | undefined } | undefined {
    return this.#socket.authState.creds.me
  }

  compose(chat: string, content: MessageContent, messageId: string): Uint8Array {
    return this.#sending.compose(chat, content, messageId)
  }

  relay(chat: string, message: Uint8Array, messageId: string, isRepeated: boolean): Promise<void> {
    return this.#sending.relay(chat, message, messageId, isRepeated)
  }

  resend(message: Uint8Array, copy: AskedAgain & { count: number }): Promise<void> {
    return this.#sending.resend(message, copy)
  }

  isReachable(chat: string): Promise<boolean> {
    return this.#sending.isReachable(chat)
  }

  /**
   * Waits for an answer of the socket while the connection is open. Baileys rejects a pending query before it reports the end of
   * the socket, or it does not reject it at all: the query would then have no answer for a minute.
   */
  async #whileOpen<T>(work: Promise<T>): Promise<T> {
    const { promise: over, reject } = Promise.withResolvers<never>()
    const end = () => reject(new Error('The connection ended before the answer.'))
    this.#waiting.add(end)
    if (this.#over) end()
    try {
      return await Promise.race([work, over])
    } catch (error) {
      if (this.#socket.ws.isOpen && !this.#over) throw error
      throw new ConnectionEnded('The connection ended.', { cause: error })
    } finally {
      this.#waiting.delete(end)
    }
  }

  mute(muted: boolean): void {
    this.#gate.mute(muted)
  }

  heldForMs(): number {
    return this.#gate.heldSince === null ? 0 : this.#clock.monotonic() - this.#gate.heldSince
  }

  async unlink(deadline: Deadline): Promise<void> {
    const jid = this.#me?.id
    if (!jid) throw new Error('This device is not linked.')
    const answer: Promise<unknown> = this.#socket.query(unlinkNode(jid, this.#socket.generateMessageTag()))
    const confirmed = await deadline.wait(this.#whileOpen(answer))
    // Baileys returns undefined for a query that timed out, which is no confirmation.
    if (!confirmed) throw new HoldfastError('not-connected', 'WhatsApp did not confirm the unlinking of the device in time.')
  }

  async close(deadline: Deadline): Promise<void> {
    if (this.#over) return
    this.#finish()
    await deadline.wait(this.#socket.end(undefined))
    this.#keyStore.close()
    this.#gate.shut()
  }

  cut(): void {
    this.#finish()
    this.#keyStore.close()
    this.#gate.shut()
    void this.#socket.end(undefined)
  }

  #follow(): void {
    const { ev } = this.#socket
    ev.on('creds.update', ({ myAppStateKeyId }) => {
      this.#keyStore.commitCreds()
      if (myAppStateKeyId !== undefined) this.#appState.keyArrived()
    })
    ev.on('message-capping.update', (info) => this.#announce(capOf(info)))
    ev.on('connection.update', ({ qr, connection, lastDisconnect, reachoutTimeLock }) => {
      if (this.#over) return
      if (reachoutTimeLock) {
        this.#lockNews++
        this.#announce(lockOf(reachoutTimeLock, this.#clock.now()))
      }
      if (qr) {
        this.#answered()
        this.#events.onQr(qr, this.#qrLifeMs ?? (this.#qrCodes === 0 ? FIRST_QR_MS : NEXT_QR_MS))
        this.#qrCodes++
      }
      if (connection === 'open') {
        this.#events.onOpen()
        this.#appState.opened()
        this.#askForLock()
      }
      if (connection === 'close') this.#ended(disconnectOf(lastDisconnect?.error, this.#clock.now()))
    })
  }

  /** Asks about a lock, as WhatsApp's own client does after each login: nobody tells a device that was linked during one. */
  #askForLock(timesLeft = LOCK_QUESTIONS): void {
    const before = this.#lockNews
    this.#socket.fetchAccountReachoutTimelock().then(
      () => {
        // A notice and an answer that is older than it can arrive together, and the answer is read last. Only a new answer is certain.
        const isInDoubt = this.#lockNews - before > 1
        if (isInDoubt && timesLeft > 1 && !this.#over) this.#askForLock(timesLeft - 1)
      },
      (error: unknown) => this.#untold(error),
    )
  }

  /** Asks what stands behind a refusal. Baileys' code that would ask is never reached. */
  #askForLimits(): void {
    this.#askForLock()
    this.#socket.fetchNewChatMessageCap().then(
      (info) => this.#announce(capOf(info)),
      (error: unknown) => this.#untold(error),
    )
  }

  #announce(limit: AnnouncedLimit | null): void {
    if (limit && !this.#over) this.#events.onAnnouncedLimit(limit)
  }

  #untold(error: unknown): void {
    if (!this.#over) this.#logger.debug({ error }, 'WhatsApp did not say whether it limits the account.')
  }

  /**
   * Ends the connection when WhatsApp confirms a login of a device that no phone has linked. Baileys would go on, upload keys, and
   * report an open connection.
   */
  #loggedIn(): void {
    if (!this.#me?.id) return this.#fail(LOGIN_WITHOUT_DEVICE)
    this.#answered()
    this.#events.onLogin()
  }

  /** Called when the server has answered the dial. From here on the keep-alive watches for silence. */
  #answered(): void {
    this.#cancelDialTimeout()
    this.#keepAlive.start()
  }

  #ended({ code, ...details }: Disconnect): void {
    this.#finish()
    this.#keyStore.close()
    this.#events.onClose(code, details)
  }

  /** Reports a failure at once. The socket itself may wait half a minute for the server's side of its end. */
  #fail(disconnect: Disconnect): void {
    if (!this.#over) this.#ended(disconnect)
  }

  #finish(): void {
    this.#over = true
    for (const end of this.#waiting) end()
    this.#cancelDialTimeout()
    this.#keepAlive.stop()
    this.#appState.close()
  }
}

const pingNode = (id: string): BinaryNode => ({
  tag: 'iq',
  attrs: { id, to: 's.whatsapp.net', type: 'get', xmlns: 'w:p' },
  content: [{ tag: 'ping', attrs: {} }],
})

const unlinkNode = (jid: string, id: string): BinaryNode => ({
  tag: 'iq',
  attrs: { to: 's.whatsapp.net', type: 'set', id, xmlns: 'md' },
  content: [{ tag: 'remove-companion-device', attrs: { jid, reason: 'user_initiated' } }],
})
