import type { Deadline } from '@holdfast/core/platform/deadlines'
import type { KeyChanges, Mutation } from '@holdfast/core/journal/mutation'
import type { StateImage } from '@holdfast/core/journal/state-image'
import type { MessageContent } from '@holdfast/core/message/content'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, Random } from '@holdfast/core/platform/ports'
import type { Disconnect } from '@holdfast/core/session/disconnect-policy'

/**
 * The border between a session and its WhatsApp client: what a session needs of a client, and what a client may ask of the session.
 * The client on Baileys is in `baileys/`. Neither side imports the other; both import this file.
 */

/** A WhatsApp client library, for one session. */
export interface Client {
  readonly connect: Connect
  readonly me: { id: string; lid: string | null } | null
  readonly told: HistoryReader
  renewIdentity(): void
  /** The same for every name of a contact. */
  contactOf(chat: string): string
}

/** What a client is given of its session. */
export interface ClientOptions {
  readonly state: SessionState
  readonly deliveries: DeliveredStanzas
  /** Makes the gate of one connection. `commitPending` puts what the coming frame depends on into the journal, synchronously. */
  readonly openGate: (commitPending: () => void) => FrameGate
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** The message as it was sent, for a contact that asks for it again. */
  readonly sentMessage: (messageId: string) => Promise<Uint8Array | null>
}

/** Dials. The caller has made sure that the attempt is recorded. */
export type Connect = (events: ConnectionEvents) => Connection

/** Thrown when a connection ended under what was asked of it: what became of it is unknown, and `onClose` follows. */
export class ConnectionEnded extends Error {}

/** One connection is one socket, from dialling to its end; a new attempt is a new connection. */
export interface Connection {
  /** Builds the message as it is stored and sent, encoded: made once per job, so that what goes out again is the same. */
  compose(chat: string, content: MessageContent, messageId: string): Uint8Array
  /**
   * Encrypts and sends under the given id. Resolves when the frame is behind the gate; the server's ack comes as an event.
   *
   * @param isRepeated an earlier attempt began to send it: the keys that went with that one may not have arrived
   * @throws ConnectionEnded
   */
  relay(chat: string, message: Uint8Array, messageId: string, isRepeated: boolean): Promise<void>
  /** False when WhatsApp says that nobody has this number. */
  isReachable(chat: string): Promise<boolean>
  /** Nothing that depends on new records leaves while muted. */
  mute(muted: boolean): void
  /** How long frames have been waiting at the gate, in milliseconds; 0 when none do. */
  heldForMs(): number
  /**
   * Unlinks this device from its phone. Resolves when WhatsApp has confirmed it.
   * @throws ConnectionEnded
   * @throws HoldfastError `not-connected` when WhatsApp does not answer before the deadline.
   */
  unlink(deadline: Deadline): Promise<void>
  /** Ends the connection in order. Resolves when the socket is closed, at the latest at the deadline; `onClose` is not called. */
  close(deadline: Deadline): Promise<void>
  /** Cuts the connection off without another word. */
  cut(): void
}

/** Calls are synchronous and in the order of the wire, before Baileys itself reacts to the stanza. */
export interface ConnectionEvents {
  /** The next QR code to show, and for how long, in milliseconds. */
  onQr(qr: string, lifeMs: number): void
  /** WhatsApp accepted the login. */
  onLogin(): void
  /** Initial queries are done; messages can be sent. */
  onOpen(): void
  /** The server's word on a message of ours. `error` is its code when it was refused. */
  onMessageAck(messageId: string, error: string | null): void
  /** The server has a message of ours, and says that it is for more devices than it was encrypted for. They are asked for anew. */
  onDevicesMissed(messageId: string): void
  /** A contact has received or read messages of ours. Must make durable what it changes before it returns. */
  onReceipt(messageIds: readonly string[], type: 'delivered' | 'read'): void
  /** Any sign of the server. */
  onProofOfLife(): void
  onClose(code: number | undefined, details?: Omit<Disconnect, 'code'>): void
}

/** A message as it was received and decrypted. */
export interface ReceivedMessage {
  readonly messageId: string
  readonly chat: string
  readonly participant: string | null
  readonly fromMe: boolean
  readonly pushName: string | null
  readonly type: string
  readonly text: string | null
  /** The whole message, encoded. */
  readonly proto: Uint8Array
  readonly sentAtMs: number
  /** The same chat and participant by the other names that they go by: an earlier copy may be stored under those. */
  readonly alias?: { readonly chat: string; readonly participant: string | null }
}

/** What a row tells of, in pieces that fit in a commit. */
export interface HistoryPiece {
  readonly messages: readonly ReceivedMessage[]
  /** They are of the past: told when the device was linked, or asked for. */
  readonly fromHistory: boolean
  /** Takes in who is who, before the messages are looked at. Resolves when it is in the state. */
  readonly learn: () => Promise<void>
}

/** Reads what the phone tells of other messages: from the row itself, or from where it says. */
export interface HistoryReader {
  /** @throws HistoryLost when what it tells of cannot be had, now or ever. */
  read(plain: Buffer): AsyncIterable<HistoryPiece>
}

/** What a row tells of is gone for good, or is not what was meant. */
export class HistoryLost extends Error {
  /** `gone` is final; the others may be an accident of the download. */
  readonly reason: 'gone' | 'damaged' | 'too-large'

  constructor(reason: HistoryLost['reason'], options?: { cause?: unknown }) {
    super(`What the phone told of is ${reason}.`, options)
    this.reason = reason
  }
}

/** The state of a session, as far as its client reads and changes it. A change is in the image at once and durable later. */
export interface SessionState {
  readonly image: StateImage
  /** Returns the journal position at which the change is durable. */
  change(mutation: Mutation): number
  /** For what may get lost: the change rides on the next record. */
  later(keys: KeyChanges): void
}

/** The part of a WebSocket that the gate stands in front of. */
export interface RawSocket {
  readonly readyState: number
  send(data: Uint8Array, options: unknown, callback?: (error?: Error) => void): void
  terminate(): void
}

/** Stands in front of one raw socket, and lets a frame out once every record that it depends on is durable. */
export interface FrameGate {
  /** Must happen in the tick in which the socket was made, or its first frame would be past the gate. */
  attach(raw: RawSocket): void
  /** Since when the oldest held frame waits, by the monotonic clock; null when nothing is held. */
  readonly heldSince: number | null
  /** Lets the frames that `send` writes out without waiting for the journal, unless others are waiting before them. For pings. */
  sendUnbound(send: () => Promise<void>): Promise<void>
  /** Nothing leaves until unmuted, but for frames that depend on nothing. */
  mute(muted: boolean): void
  /** For good: everything held is dropped, and the socket is cut off without a word. */
  shut(): void
}

/** What stands for the plaintext of a row that no longer holds it. */
export const DOCUMENTED = Symbol('documented')

/** The names by which a message is known. */
export type MessageAddress = Pick<ReceivedMessage, 'messageId' | 'chat' | 'participant' | 'alias'>

/** What was decrypted, as far as the inbox is concerned. */
export interface Received {
  /** Of the ciphertext. */
  readonly hash: string
  /** WhatsApp's id of the stanza. */
  readonly stanzaId: string
  readonly plain: Buffer
  /** What it says to a person; null when it carries protocol only. */
  readonly message: ReceivedMessage | null
  /** It tells of other messages, which are to be stored before the row is settled. */
  readonly tells?: boolean
}

/** What a decrypted stanza adds to the mutation that carries its ratchet step. */
export interface Admission {
  readonly keys: KeyChanges
  /** Puts the mutation, which contains `keys`, into the journal, together with the documents that belong to it. */
  readonly commit: (mutation: Mutation) => void
}

/** Why a stanza cannot be read: a machine code and a sentence. */
export interface Unreadable {
  readonly code: string
  readonly message: string
}

/** Something that was delivered and cannot be read, or not be stored. */
export interface FailedStanza {
  /** The same for every copy of a message: a hash of sender, participant and id. */
  readonly key: string
  readonly messageId: string
  readonly from: string
  readonly participant: string | null
  /** How it was encrypted, or `none`. */
  readonly kind: string
  readonly error: Unreadable
  readonly bytes: Uint8Array
  /** What it was decrypted to, when that was no message: no ratchet can do it a second time. */
  readonly plain?: Uint8Array
}

/** A delivered stanza with a ciphertext that the session has no row of. */
export interface Delivery {
  /** Of the ciphertext. */
  readonly hash: string
  /** The message that the stanza carries, whatever it says; null when its address cannot be read. */
  readonly address: MessageAddress | null
  /** What is kept of the stanza when it cannot be read. Encodes the whole stanza. */
  failed(error: Unreadable, plain?: Uint8Array): FailedStanza
}

/** What WhatsApp is told of a stanza that could not be read: that all is well, to send it again, or to forget it. */
export type Answer = 'as-read' | 'ask-again' | 'ask-no-more'

/** Decides what becomes of each delivered stanza. What it notes is in the journal when its methods return. */
export interface DeliveredStanzas {
  /** The plaintext of a stanza that was decrypted before, or null when this one is new. */
  lookup(hash: string): Buffer | typeof DOCUMENTED | null
  /** To be called before a new ciphertext is touched. Rejects when the journal ends. */
  begin(delivery: Delivery): Promise<'decrypt' | 'ask-no-more'>
  /** @param settles the key (see `FailedStanza`) of earlier deliveries that this one makes good; null for none. */
  admit(received: Received, settles: string | null): Admission
  /** The ciphertext could not be decrypted. */
  notDecrypted(delivery: Delivery, error: Unreadable): Answer
  /** The ciphertext was decrypted and admitted, and is no message. */
  noMessage(delivery: Delivery, plain: Uint8Array): Exclude<Answer, 'as-read'>
  /** The client refuses this stanza by itself. `isFinal`: without asking for it again. */
  refused(stanza: FailedStanza, options: { isFinal: boolean }): void
  /** WhatsApp tells this device only that there is such a message. */
  unavailable(received: Received): void
  /** WhatsApp has acknowledged our receipt of a stanza: it will not come again. */
  receiptAcknowledged(stanzaId: string): void
}
