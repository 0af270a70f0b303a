import type { Agent } from 'node:https'
import type { BinaryNode, WASocket } from '@whiskeysockets/baileys'
import type { Deadline } from '@holdfast/core/platform/deadlines'
import type { MessageReference } from '@holdfast/core/message/content'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, Random } from '@holdfast/core/platform/ports'
import type { Disconnect } from '@holdfast/core/session/disconnect-policy'
import type { AskedAgain, Composition, Connection, ConnectionEvents, Relaying } from '../port.ts'
import type { FrameGate } from '../frame-gate.ts'
import type { DeliveredStanzas } from '../delivered-stanzas.ts'
import type { DirectoryNews } from '../directory-news.ts'
import type { Happening } from '../happening.ts'
import type { News } from '../heard.ts'
import type { AppState } from './receive/app-state.ts'
import type { DeviceCache } from './send/device-cache.ts'
import { REACH_OUT_REFUSED } from './announced-limits.ts'
import { disconnectOf } from './disconnect.ts'
import { KeepAlive } from './keep-alive.ts'
import { LimitQuestions } from './limit-questions.ts'
import { OpenAnswers } from './open-answers.ts'
import type { KeyStore } from './signal/key-store.ts'
import type { LidMap } from './signal/lid-map.ts'
import type { MissingLids } from './signal/missing-lids.ts'
import { followDirectory, groupNews } from './receive/directory-events.ts'
import { happeningsIn, watchAppState } from './receive/happenings.ts'
import { backlogIn, heardIn, serverTimeIn } from './receive/heard-stanza.ts'
import type { Receiving } from './receive/receiving.ts'
import { keepMessagesInOrder } from './receive/message-order.ts'
import type { GroupMembers } from './send/group-members.ts'
import type { StateImage } from '@holdfast/core/journal/state-image'
import type { ConnectionFiles } from '../media.ts'
import { askForMedium } from './media/ask-for-medium.ts'
import { uploadMedium } from './media/upload.ts'
import type { Questions } from '../questions.ts'
import { questionsOf } from './questions/questions.ts'
import { Sending } from './send/sending.ts'
import { StaleDevices } from './send/stale-devices.ts'
import { watchStanzas } from './stanza-events.ts'

/** The limit of a dial. Without a login or a QR code by then it has failed, whatever the socket reports. */
const DIAL_TIMEOUT_MS = 30_000

/** WhatsApp shows the first QR code of a connection for 60 s and the next ones for 20 s each. */
const FIRST_QR_MS = 60_000
const NEXT_QR_MS = 20_000

/** Disconnects with Baileys' codes, for ends that Baileys does not notice, or not at once. */
const CONNECTION_CLOSED: Disconnect = { code: 428, transport: 'broken' }
const CONNECTION_LOST: Disconnect = { code: 408, transport: 'broken' }

/** The disconnect for a login that makes no sense. It counts as trouble of WhatsApp. */
const LOGIN_WITHOUT_DEVICE: Disconnect = { code: 502 }

/** One Baileys socket behind its gate, from dialling to its end. */
export class BaileysConnection implements Connection {
  readonly questions: Questions
  readonly files: ConnectionFiles
  readonly #socket: WASocket
  readonly #gate: FrameGate
  readonly #keyStore: KeyStore
  readonly #staleDevices: StaleDevices
  readonly #sending: Sending
  readonly #appState: AppState
  readonly #events: ConnectionEvents
  readonly #clock: Clock
  readonly #names: LidMap
  readonly #keepAlive: KeepAlive
  readonly #limits: LimitQuestions
  readonly #answers: OpenAnswers
  /** When the reading of the present message began; null while none is read. */
  readonly #readingSince: () => number | null
  readonly #qrLifeMs: number | null
  #qrCodes = 0
  #cancelDialTimeout: () => void
  /** True once the connection has ended or was asked to end. No event reports the end after that. */
  #over = false

  constructor(options: {
    socket: WASocket
    /** The way to WhatsApp's hosts of files, where it goes through a proxy. */
    agent: Agent | null
    gate: FrameGate
    keyStore: KeyStore
    devices: DeviceCache
    names: LidMap
    image: StateImage
    missingLids: MissingLids
    members: GroupMembers
    deliveries: DeliveredStanzas
    receiving: Receiving
    /** Takes the number of pre-keys that the server says it has. */
    onPreKeysOffered: (count: number) => void
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
    this.#answers = new OpenAnswers(socket.ws)
    const whileOpen = <T>(work: Promise<T>): Promise<T> => this.#answers.whileOpen(work)
    this.questions = questionsOf({ socket, names, clock, image: options.image, whileOpen, appState: options.appState })
    this.files = {
      askForMedium: (medium, address) => whileOpen(askForMedium(socket, medium, address, clock)),
      uploadMedium: (file) => whileOpen(uploadMedium(socket, file, options.agent)),
    }
    this.#staleDevices = new StaleDevices(devices, { me: () => this.#me, membersOf: (group) => members.jidsOf(group) })
    this.#sending = new Sending({
      socket,
      keyStore: options.keyStore,
      devices,
      staleDevices: this.#staleDevices,
      names,
      members,
      clock,
      onGroup: (group) => {
        if (!this.#over) events.onDirectory({ chats: groupNews(group) })
      },
      whileOpen: (work) => this.#answers.whileOpen(work),
    })
    this.#appState = options.appState
    this.#events = events
    this.#clock = clock
    this.#names = names
    this.#qrLifeMs = options.qrLifeMs
    this.#keepAlive = new KeepAlive({
      clock,
      random: options.random,
      ping: () => gate.sendUnbound(() => socket.sendNode(pingNode(socket.generateMessageTag()))),
      onSilence: () => this.#fail(CONNECTION_LOST),
    })
    this.#limits = new LimitQuestions({
      socket,
      clock,
      logger,
      onLimit: (limit) => events.onAnnouncedLimit(limit),
      isOver: () => this.#over,
    })
    this.#cancelDialTimeout = clock.after(DIAL_TIMEOUT_MS, () => this.#fail(CONNECTION_LOST), 'baileys-connection')
    // `ws` leaves a refused upgrade to the listeners of this event. Baileys has one that does nothing.
    socket.ws.on('unexpected-response', () => this.#fail(CONNECTION_CLOSED))
    const onBroken = (error: unknown) => logger.error({ error }, 'Handling of a stanza failed.')
    this.#readingSince = keepMessagesInOrder(socket.ws, onBroken, () => clock.monotonic())
    watchStanzas(socket.ws, {
      stanzas: options.stanzas,
      onFrame: (frame) => {
        this.#keepAlive.heard()
        events.onProofOfLife()
        if (!(frame instanceof Uint8Array)) this.#heard(frame)
      },
      onLogin: (stanza) => this.#loggedIn(serverTimeIn(stanza)),
      onMessage: (stanza) => receiving.arrived(stanza),
      onMessageAck: (id, { error, chat, devicesHash }) => {
        if (error === REACH_OUT_REFUSED) this.#limits.askForLimits()
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
      onHappening: (stanza) => {
        if (this.#over) return
        for (const happening of happeningsIn(stanza, this.#reader)) events.onHappening(happening)
      },
      onReadElsewhere: (chat) => {
        if (!this.#over) events.onDirectory({ chats: [{ id: chat, unread: 0 }] })
      },
      onBlocklist: (blocklist) => {
        if (!this.#over) events.onDirectory({ blocklist })
      },
      onPreKeysOffered: (count) => {
        if (!this.#over) options.onPreKeysOffered(count)
      },
      onDevicesListed: (lists) => devices.listed(lists, this.#me),
      onBroken,
    })
    const isWhole = (): boolean => this.#appState.isWhole
    const onNews = (news: DirectoryNews): void => {
      if (!this.#over) events.onDirectory(news)
    }
    followDirectory(socket.ev, names, onNews, isWhole)
    this.#follow()
  }

  /** What reads the stanzas that tell of groups, calls and people. */
  get #reader() {
    return { me: this.#me ?? { id: '' }, names: this.#names, now: () => this.#clock.now() }
  }

  get #me(): { id: string; lid?: string | undefined } | undefined {
    return this.#socket.authState.creds.me
  }

  /** Whoever asks for a pairing code has a `me` before a phone has linked it. */
  get #isLinked(): boolean {
    const { me, account } = this.#socket.authState.creds
    return me !== undefined && account !== undefined
  }

  compose(composition: Composition): Promise<Uint8Array> {
    return this.#sending.compose(composition)
  }

  async relay(chat: string, message: Uint8Array, messageId: string, how: Relaying): Promise<void> {
    await this.#sending.relay(chat, message, messageId, how)
    if (!this.#over) this.#events.onMessageSent(messageId, chat)
  }

  star(target: MessageReference, isStarred: boolean): Promise<void> {
    return this.#sending.star(target, isStarred)
  }

  askForNews(): Promise<News> {
    return this.#appState.askForNews()
  }

  readingForMs(): number {
    const since = this.#readingSince()
    return since === null ? 0 : this.#clock.monotonic() - since
  }

  resend(message: Uint8Array, copy: AskedAgain & { count: number }): Promise<void> {
    return this.#sending.resend(message, copy)
  }

  isReachable(chat: string): Promise<boolean> {
    return this.#sending.isReachable(chat)
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
    const confirmed = await deadline.wait(this.#answers.whileOpen(answer))
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
    ev.on('creds.update', ({ myAppStateKeyId, me }) => {
      this.#keyStore.commitCreds()
      if (me !== undefined && !this.#over) this.#events.onAccount()
      if (myAppStateKeyId !== undefined) this.#appState.keyArrived()
    })
    const onHappening = (happening: Happening): void => {
      if (!this.#over) this.#events.onHappening(happening)
    }
    watchAppState(ev, this.#reader, onHappening, () => this.#appState.isWhole)
    ev.on('connection.update', ({ qr, connection, lastDisconnect }) => {
      if (this.#over) return
      if (qr) {
        this.#answered()
        this.#events.onQr(qr, this.#qrLifeMs ?? (this.#qrCodes === 0 ? FIRST_QR_MS : NEXT_QR_MS))
        this.#qrCodes++
      }
      if (connection === 'open') {
        this.#events.onOpen()
        this.#appState.opened()
        this.#limits.askForLock()
      }
      if (connection === 'close') this.#ended(disconnectOf(lastDisconnect?.error, this.#clock.now()))
    })
  }

  /**
   * Ends the connection when WhatsApp confirms a login of a device that no phone has linked. Baileys would go on, upload keys, and
   * report an open connection.
   */
  #loggedIn(serverMs: number | null): void {
    if (!this.#isLinked) return this.#fail(LOGIN_WITHOUT_DEVICE)
    this.#answered()
    this.#events.onLogin(serverMs)
  }

  #heard(stanza: BinaryNode): void {
    const heard = this.#over ? null : heardIn(stanza, this.#me)
    if (heard === null) return
    this.#events.onHeard(heard)
    const backlog = backlogIn(stanza)
    if (backlog) this.#events.onBacklog(backlog)
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
    this.#answers.end()
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
