// One WebSocket connection of a client: the handshake, then stanzas both ways until one side ends it.
import { encodeBinaryNode } from '@whiskeysockets/baileys'
import type { proto } from '@whiskeysockets/baileys'
import type { RawData, WebSocket } from 'ws'
import { streamError } from './farewells.ts'
import { FrameReader, frame } from './frame-reader.ts'
import type { LinkedDevice, Registration } from './linked-device.ts'
import { NoiseResponder } from './noise-responder.ts'
import type { Line } from './offline-queue.ts'
import { PacedSender } from './paced-sender.ts'
import type { Services } from './services.ts'
import { decodeStanza, firstChild } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'

interface ConnectionParts {
  /** The process of the client, where it says so. */
  client: string | undefined
  services: Services
  handler: ConnectionHandler
}

export interface ConnectionHandler {
  introduced(connection: Connection, clientKey: Buffer, payload: proto.ClientPayload): void
  stanza(connection: Connection, stanza: Stanza): void
  closed(connection: Connection): void
}

/** The time that a client has to close by itself after a final word. */
const LAST_WORD_MS = 50
/** The time in which frames of a replaced client do not count after it has certainly read the replacement. */
const REPLACED_GRACE_MS = 250
const REPLACED_CLOSE_MS = 1000
/** The time that a client has to answer the close. A frozen process finds its connection dead when it wakes. */
const CLOSE_ANSWER_MS = 500

/** What ends a connection reaches a deaf client, too. */
const FINAL: ReadonlySet<string> = new Set(['stream:error', 'failure'])

let connections = 0

export class Connection implements Line {
  readonly id = ++connections
  /** The device, once the client has logged in. */
  device: LinkedDevice | undefined
  /** The registration, once the client asks to be linked. */
  registration: Registration | undefined
  /** Set if the client was greeted as one that is linked, although it is not. */
  isGreetedEarly = false
  /** The process of the client, where it says so. */
  readonly client: string | undefined
  #deafness: 'deaf' | 'half-deaf' | undefined
  readonly #socket: WebSocket
  readonly #services: Services
  readonly #handler: ConnectionHandler
  readonly #noise: NoiseResponder
  readonly #reader = new FrameReader()
  readonly #sender: PacedSender
  readonly #questions = new Map<string, (answer: Stanza | undefined) => void>()
  /** Frames that leave together, while there are some to collect. */
  #piece: Uint8Array[] | undefined
  #stage: 'hello' | 'finish' | 'open' | 'ended' | 'replaced' = 'hello'
  #spokeAfterReplaced: 'not yet' | 'counts' | 'recorded' = 'not yet'
  #nextQuestion = 1

  constructor(socket: WebSocket, { client, services, handler }: ConnectionParts) {
    this.#socket = socket
    this.client = client
    this.#services = services
    this.#handler = handler
    this.#noise = new NoiseResponder(services.trust)
    this.#sender = new PacedSender(socket, services.faults, () => this.phone)
    socket.on('message', (data) => this.#read(data))
    socket.on('error', () => socket.terminate())
    socket.on('close', () => this.#closed())
    services.happenings.tell('connection', { connection: this.id, client })
  }

  get phone(): string | undefined {
    return this.device?.phone
  }

  get isOpen(): boolean {
    return this.#stage === 'open' && this.#socket.readyState === this.#socket.OPEN
  }

  send(stanza: Stanza): void {
    if (this.#socket.readyState !== this.#socket.OPEN || this.#withholds(stanza)) return
    const bytes = frame(this.#noise.seal(encodeBinaryNode(stanza)))
    if (this.#piece) this.#piece.push(bytes)
    else this.#sender.send(bytes)
  }

  /** From here on the client hears nothing but answers to its questions and pings, and acks. What is withheld never arrives here. */
  deafen(deafness: 'deaf' | 'half-deaf'): void {
    this.#deafness = deafness
    this.#services.happenings.tell('deafened', { phone: this.phone, connection: this.id })
  }

  #withholds({ tag, attrs: { type = '', id } }: Stanza): boolean {
    const isAnswer = tag === 'iq' && (type === 'result' || type === 'error')
    if (!this.#deafness || isAnswer || FINAL.has(tag) || (tag === 'ack' && this.#deafness === 'half-deaf')) return false
    this.#services.happenings.tell('withheld', { phone: this.phone, connection: this.id, tag, id })
    return true
  }

  /** Sends all stanzas of some work in one message of the WebSocket: the client reads them in one go. */
  inOnePiece(work: () => void): void {
    const piece: Uint8Array[] = []
    this.#piece = piece
    work()
    this.#piece = undefined
    if (piece.length > 0) this.#sender.send(Buffer.concat(piece))
  }

  /** Sends a question. Resolves to undefined if the connection ends before the answer. */
  ask(stanza: Stanza): Promise<Stanza | undefined> {
    const id = `server-${this.id}-${this.#nextQuestion++}`
    return new Promise((resolve) => {
      if (!this.isOpen) return resolve(undefined)
      this.#questions.set(id, resolve)
      this.send({ ...stanza, attrs: { ...stanza.attrs, id } })
    })
  }

  /** Sends frames that waited for a fault to end. */
  pump(): void {
    this.#sender.pump()
  }

  /** Says a last word and closes. Ignores further frames of the client. */
  endWith(stanza: Stanza): void {
    this.send(stanza)
    this.#stage = 'ended'
    this.#sender.afterwards(() => this.#closeAfter(LAST_WORD_MS))
  }

  drop(): void {
    this.#socket.terminate()
  }

  /**
   * Replaces this connection by a newer login. Frames of this client have no effect from here on. The client is at fault only if it
   * continues knowingly: its WebSocket library answers the ping that follows the stream error after it has read everything before. Frames
   * that crossed the error on the wire, and frames of a frozen process, come before the pong and do not count. Neither do frames within
   * the grace after it, in which the client may be about to act.
   */
  replace(): void {
    this.send(streamError({ conflict: 'replaced' }))
    this.#stage = 'replaced'
    this.#services.happenings.tell('stream-error', { phone: this.phone, connection: this.id, reason: 'replaced' })
    this.#socket.once('pong', () => setTimeout(() => this.#graceIsOver(), REPLACED_GRACE_MS))
    this.#sender.afterwards(() => {
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
      this.#closeAfter(REPLACED_CLOSE_MS)
    })
  }

  #closeAfter(ms: number): void {
    setTimeout(() => this.#socket.close(), ms)
    setTimeout(() => this.#socket.terminate(), ms + CLOSE_ANSWER_MS)
  }

  #graceIsOver(): void {
    if (this.#spokeAfterReplaced === 'not yet') this.#spokeAfterReplaced = 'counts'
  }

  #read(data: RawData): void {
    try {
      for (const payload of this.#reader.read(data as Buffer)) this.#readFrame(payload)
    } catch (error) {
      this.#services.violations.record('broken-frame', `connection ${this.id}: ${String(error)}`)
      this.#socket.terminate()
    }
  }

  #readFrame(payload: Buffer): void {
    if (this.#stage === 'ended') return
    if (this.#stage === 'hello') {
      this.#sender.send(frame(this.#noise.hello(payload)))
      this.#stage = 'finish'
    } else if (this.#stage === 'finish') {
      const { clientKey, payload: clientPayload } = this.#noise.finish(payload)
      this.#stage = 'open'
      const { primary, secondary, tertiary } = clientPayload.userAgent?.appVersion ?? {}
      this.#services.happenings.tell('handshake', { connection: this.id, version: [primary, secondary, tertiary].join('.') })
      this.#handler.introduced(this, clientKey, clientPayload)
    } else {
      this.#takeStanza(decodeStanza(this.#noise.open(payload)))
    }
  }

  #takeStanza(stanza: Stanza): void {
    this.#tellFrame(stanza)
    if (this.#stage === 'replaced') return this.#hearReplaced(stanza)
    const { id, type } = stanza.attrs
    const answered = stanza.tag === 'iq' && (type === 'result' || type === 'error') ? this.#questions.get(id ?? '') : undefined
    if (!answered) return this.#handler.stanza(this, stanza)
    this.#questions.delete(id ?? '')
    answered(stanza)
  }

  #hearReplaced(stanza: Stanza): void {
    if (this.#spokeAfterReplaced !== 'counts') return
    this.#spokeAfterReplaced = 'recorded'
    const what = `<${stanza.tag}> ${stanza.attrs.id ?? ''}`
    this.#services.violations.record('spoke-after-replaced', `${this.device?.jid} sent ${what} on connection ${this.id}`)
  }

  #tellFrame({ tag, attrs, ...stanza }: Stanza): void {
    const child = firstChild({ tag, attrs, ...stanza })?.tag
    const { id, xmlns, class: stanzaClass, type: attrsType } = attrs
    const details = { tag, class: stanzaClass, attrsType, id, xmlns, child }
    this.#services.happenings.tell('frame', { phone: this.phone, connection: this.id, ...details })
  }

  #closed(): void {
    this.#sender.stop()
    this.#stage = 'ended'
    for (const resolve of this.#questions.values()) resolve(undefined)
    this.#questions.clear()
    this.#handler.closed(this)
    this.#services.happenings.tell('disconnect', { phone: this.phone, connection: this.id })
  }
}
