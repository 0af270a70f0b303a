import type { Deadline } from '@holdfast/core/platform/deadlines'
import type { KeyChanges, Mutation } from '@holdfast/core/journal/mutation'
import type { CountedKind, StateKind } from '@holdfast/core/journal/state-kinds'
import type { StateImage } from '@holdfast/core/journal/state-image'
import type { MessageContent, MessageReference } from '@holdfast/core/message/content'
import type { ChangeKind } from '@holdfast/core/message/message-change'
import type { MessageFacts } from '@holdfast/core/message/message-facts'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, Random } from '@holdfast/core/platform/ports'
import type { Disconnect } from '@holdfast/core/session/disconnect-policy'
import type { ChatNews, DirectoryNews } from './directory-news.ts'
import type { SessionProxy } from '@holdfast/core/session/proxy-settings'
import type { Happening } from './happening.ts'
import type { UploadedMedia } from '@holdfast/core/message/uploaded-media'
import type { Backlog, Heard, News } from './heard.ts'
import type { ConnectionFiles, MediaReader } from './media.ts'
import type { Questions } from './questions.ts'

/**
 * The interfaces between a session and its WhatsApp client, in both directions. `baileys/` holds the client that uses Baileys.
 * Neither side imports the other; both import this file.
 */

/** A WhatsApp client library, for one session. */
export interface Client {
  readonly connect: Connect
  readonly me: { id: string; lid: string | null; pushName?: string | null } | null
  /** Reads the messages in which our own phone tells of other messages. */
  readonly historyReader: HistoryReader
  /** Describes a message of our own as the phone's copy of it would be. Null for one that a person does not see. */
  describeSent(sent: { chat: string; message: Uint8Array; messageId: string }): ReceivedMessage | null
  readonly media: MediaReader
  /** Gives the session a fresh identity, to be linked by a new scan. */
  renewIdentity(): void
  /** Returns the same key for every name of a contact. */
  contactOf(chat: string): string
  /**
   * True when the account has no token of the contact, so that WhatsApp takes a message to it for the beginning of a new chat. A
   * group is no new chat.
   */
  isNewChat(chat: string): boolean
}

/** The parts of a session that its client gets. */
export interface ClientOptions {
  readonly state: SessionState
  readonly archived: ArchivedRecords
  readonly deliveries: DeliveredStanzas
  /** Makes the gate of one connection. `commitPending` synchronously puts the changes before a frame into the journal. */
  readonly openGate: (commitPending: () => void) => FrameGate
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Returns a message as it was sent, for a contact that asks for it again. */
  readonly sentMessage: (messageId: string) => Promise<Uint8Array | null>
  /** Whether the phone is asked at the first login for its whole history, and not only for the last months. */
  readonly wantsFullHistory: () => boolean
  /** The proxy through which the next connection goes; null without one. Throws when it cannot be used. */
  readonly proxy: () => SessionProxy | null
}

/** Dials. The caller must have recorded the attempt. */
export type Connect = (events: ConnectionEvents) => Connection

/** A message to compose, with what its content refers to. */
export interface Composition {
  readonly chat: string
  readonly content: MessageContent
  readonly messageId: string
  /** The message that it answers, as it was sent. Null without one, or when it is gone. */
  readonly quoted: Uint8Array | null
  /** The message that it forwards, or the poll that it votes in. Null without one, or when it is gone. */
  readonly source: Uint8Array | null
  readonly preview: PreparedPreview | null
  /** The seconds after which it disappears; 0: never. Null when nothing is known of the chat. */
  readonly disappearsAfter: number | null
  /** The file at WhatsApp. Null for a content without one. */
  readonly upload?: UploadedMedia | null
}

export interface PreparedPreview {
  /** The link, as the text has it. */
  readonly url: string
  readonly title: string | null
  readonly description: string | null
  /** A small JPEG. */
  readonly thumbnail: Uint8Array | null
}

/** Thrown when the connection ended during a call. The outcome of the call is unknown, and `onClose` follows. */
export class ConnectionEnded extends Error {}

/** One connection is one socket, from dialling to its end; a new attempt is a new connection. */
export interface Connection {
  readonly questions: Questions
  readonly files: ConnectionFiles
  /**
   * Builds and encodes a message. The caller composes once per job, so that a repeated send is the same message.
   *
   * @throws ConnectionEnded
   * @throws HoldfastError `cannot-compose` when there can be no such message
   */
  compose(composition: Composition): Promise<Uint8Array>
  /**
   * Encrypts a message and sends it under the id. Resolves when the gate has the frame; the server's ack comes as an event.
   *
   * @param isRepeated true when an earlier attempt began to send it, whose keys may not have arrived
   * @param audience the people who get a status; for every other chat the server knows them
   * @throws ConnectionEnded
   */
  relay(chat: string, message: Uint8Array, messageId: string, isRepeated: boolean, audience?: readonly string[]): Promise<void>
  /**
   * Stars a message for the phone and its companions, or takes the star away. Resolves when WhatsApp has the change; made twice, it is
   * the same change.
   *
   * @throws ConnectionEnded
   */
  star(target: MessageReference, isStarred: boolean): Promise<void>
  /**
   * Encrypts a message for one device that asked for it again, and sends it under the id. Resolves when the gate has the frame; the
   * server's ack comes as an event.
   *
   * @param count the number of this copy
   * @throws ConnectionEnded
   */
  resend(message: Uint8Array, copy: AskedAgain & { readonly count: number }): Promise<void>
  /** False when WhatsApp says that the number has no account. */
  isReachable(chat: string): Promise<boolean>
  /** Holds back all frames that depend on new records while muted. */
  mute(muted: boolean): void
  /** The time that the oldest held frame has waited at the gate, in milliseconds; 0 without a held frame. */
  heldForMs(): number
  /** The time for which the message that arrived first is being read, in milliseconds; 0 when all are read. */
  readingForMs(): number
  /** Asks the server whether the phone has changed anything that it did not tell. Never rejects. */
  askForNews(): Promise<News>
  /**
   * Unlinks this device from its phone. Resolves when WhatsApp has confirmed it.
   * @throws ConnectionEnded
   * @throws HoldfastError `not-connected` when WhatsApp does not answer before the deadline.
   */
  unlink(deadline: Deadline): Promise<void>
  /** Ends the connection in order. Resolves when the socket is closed, at the latest at the deadline; `onClose` is not called. */
  close(deadline: Deadline): Promise<void>
  /** Cuts the connection off at once. No further frame leaves. */
  cut(): void
}

/** The events of a connection. Calls are synchronous, in the order of the wire, before Baileys itself reacts to the stanza. */
export interface ConnectionEvents {
  /** The next QR code to show, and for how long, in milliseconds. */
  onQr(qr: string, lifeMs: number): void
  /** WhatsApp accepted the login, at this time by the server's clock, ms; null when it did not say. */
  onLogin(serverMs?: number | null): void
  /** Initial queries are done; messages can be sent. */
  onOpen(): void
  /** What is known of the account has changed, such as the name that its owner gave it on the phone. It is in `Client.me`. */
  onAccount(): void
  /** A message of ours is at the gate, and leaves when its records are durable. */
  onMessageSent(messageId: string, chat: string): void
  /** The server's ack of a message of ours. `error` is its code when it refused the message, otherwise null. */
  onMessageAck(messageId: string, error: string | null): void
  /** The server has a message of ours, but for other devices than it knows. The device lists are queried anew. */
  onDevicesMissed(messageId: string): void
  /** A contact has received, read or played messages of ours. The listener must have put its changes into the journal when it returns. */
  onReceipt(messageIds: readonly string[], type: ReceiptType, device: string): void
  /**
   * A device could not read a message of ours. Baileys renews the session with it and sends one copy. The listener must have put
   * its changes into the journal when it returns.
   */
  onAskedAgain(asked: AskedAgain): void
  /**
   * Something happened in a chat beside messages. The listener must have put its changes into the journal when it returns: the
   * server tells it once.
   */
  onHappening(happening: Happening): void
  /** WhatsApp announced a limit of this account, or its end. */
  onAnnouncedLimit(limit: AnnouncedLimit): void
  /** Any frame of the server. */
  onProofOfLife(): void
  /** The server brought a stanza by itself. */
  onHeard(heard: Heard): void
  /** The server told of the stanzas that it kept while this device was away. It follows `onHeard` for the same stanza. */
  onBacklog(backlog: Backlog): void
  /** WhatsApp told of chats, contacts or groups, beside messages. */
  onDirectory(news: DirectoryNews): void
  /** Resolves when the writes of all that `onDirectory` told are appended to the journal, so that later records come after them. */
  whenDirectoryHeard(): Promise<void>
  onClose(code: number | undefined, details?: Omit<Disconnect, 'code'>): void
}

/** What a contact has done with a message: voice messages are played, all others read. */
export type ReceiptType = 'delivered' | 'read' | 'played'

/** The request of a device that could not read a message of ours. */
export interface AskedAgain {
  readonly messageId: string
  /** JID of the chat, as the device names it. */
  readonly chat: string
  /** JID of the device. */
  readonly device: string
}

/** A limit that WhatsApp sets on an account. Both kinds concern messages that begin a chat, and no others. Times in ms. */
export type AnnouncedLimit =
  | {
      readonly kind: 'reach-out-lock'
      /** WhatsApp's word for the reason. */
      readonly type: string
      /** Null: the lock was lifted. */
      readonly untilMs: number | null
    }
  | {
      readonly kind: 'message-cap'
      /** WhatsApp's word: `NONE`, `FIRST_WARNING`, `SECOND_WARNING`, `CAPPED`, or a later one. */
      readonly status: string
      readonly used: number | null
      readonly total: number | null
      /** The end of the quota's cycle. */
      readonly untilMs: number | null
    }

/** A received and decrypted message. */
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
  /** What it says beside its text. */
  readonly facts?: MessageFacts
  /** Set when it changes another message instead of being one. */
  readonly changes?: MessageChange
  /** The secret of a poll, with its options, or of an event. Votes and answers open with it. */
  readonly secret?: { readonly bytes: Uint8Array; readonly options?: readonly string[] } | undefined
  /** The other names of the chat and the participant. An earlier copy may be stored under them. */
  readonly alias?: { readonly chat: string; readonly participant: string | null }
}

/** What a received message does to another one. */
export interface MessageChange {
  readonly kind: ChangeKind
  readonly target: MessageAddress & { readonly fromMe: boolean }
  /** JID of the person who changes it. */
  readonly by: string
  /** True when an administrator of the group revoked it. */
  readonly byAdmin?: boolean
}

/** A part of the messages that a row tells of. A piece fits into a commit. */
export interface HistoryPiece {
  readonly messages: readonly ReceivedMessage[]
  /** True for history, which the phone sends after linking or on request. */
  readonly fromHistory: boolean
  /** Stores the contacts and LIDs of the piece. Call it before `messages` is read. Resolves when they are in the state. */
  readonly learn: () => Promise<void>
  /** What it tells of chats. The names in it are known once `learn` has resolved. */
  readonly chats?: readonly ChatNews[]
}

/** Reads the other messages that a message of the phone tells of, from the row itself or from the media host that it names. */
export interface HistoryReader {
  /** @throws HistoryLost when the messages cannot be fetched, now or ever */
  read(plain: Buffer): AsyncIterable<HistoryPiece>
}

/** The history file of a row is gone for good, damaged or too large. */
export class HistoryLost extends Error {
  /** `gone` is final; the others may be an accident of the download. */
  readonly reason: 'gone' | 'damaged' | 'too-large'

  constructor(reason: HistoryLost['reason'], options?: { cause?: unknown }) {
    super(`The history file of the phone is ${reason}.`, options)
    this.reason = reason
  }
}

/** The part of a session's state that its client reads and changes. A change is in the image at once and durable later. */
export interface SessionState {
  readonly image: StateImage
  /** Returns the journal position at which the change is durable. */
  change(mutation: Mutation): number
  /** Makes a change that a crash may lose: it waits for the next record. */
  later(keys: KeyChanges): void
}

/** Signal records that clean-up has moved out of the state. Their entries in the image say which ones. */
export interface ArchivedRecords {
  /** Whether the record is in the archive, and nowhere else. */
  has(kind: StateKind, id: string): boolean
  /**
   * Reads a record. Waits while the store is away. Null when the record is lost, because its object is missing or damaged.
   *
   * @throws ConnectionEnded when the signal aborts first
   */
  read(kind: CountedKind, id: string, signal: AbortSignal): Promise<ArchivedRecord | null>
}

export interface ArchivedRecord {
  /** As the image had it. */
  readonly value: string
  /** True when it may have been used since, in records that a restore has lost. */
  readonly isStale: boolean
}

/** The part of a WebSocket that the gate controls. */
export interface RawSocket {
  readonly readyState: number
  send(data: Uint8Array, options: unknown, callback?: (error?: Error) => void): void
  terminate(): void
}

/** Holds the frames of one raw socket. A frame leaves once every record that it depends on is durable. */
export interface FrameGate {
  /** Takes control of a socket. Call it in the tick that made the socket, or its first frame would pass uncontrolled. */
  attach(raw: RawSocket): void
  /** The start of the wait of the oldest held frame, by the monotonic clock; null without a held frame. */
  readonly heldSince: number | null
  /** Lets the frames of `send` leave without waiting for the journal, unless other frames wait before them. For pings. */
  sendUnbound(send: () => Promise<void>): Promise<void>
  /** Holds back all frames until unmuted, except those that depend on no record. */
  mute(muted: boolean): void
  /** Drops all held frames and terminates the socket, for good. */
  shut(): void
}

/** Stands for the plaintext of a row that no longer holds it, because its document does. */
export const DOCUMENTED = Symbol('documented')

/** The names by which a message is known. */
export type MessageAddress = Pick<ReceivedMessage, 'messageId' | 'chat' | 'participant' | 'alias'>

/** A decrypted stanza, as the inbox needs it. */
export interface Received {
  /** The hash of the ciphertext. */
  readonly hash: string
  /** WhatsApp's id of the stanza. */
  readonly stanzaId: string
  readonly plain: Buffer
  /** The message for a person; null when the stanza carries protocol only. */
  readonly message: ReceivedMessage | null
  /** True when it tells of other messages, which must be stored before the row is settled. */
  readonly tells?: boolean
  /** True when no receipt follows, so that no ack of one will come. */
  readonly hasNoReceipt?: boolean
}

/** The part that a decrypted stanza adds to the mutation of its ratchet step. */
export interface Admission {
  readonly keys: KeyChanges
  /** Puts the mutation, which contains `keys`, into the journal, together with the documents that belong to it. */
  readonly commit: (mutation: Mutation) => void
}

/** The reason why a stanza cannot be read: a machine code and a sentence. */
export interface Unreadable {
  readonly code: string
  readonly message: string
}

/** A delivered stanza that cannot be read or stored. */
export interface FailedStanza {
  /** The same for every copy of a message: a hash of sender, participant and id. */
  readonly key: string
  readonly messageId: string
  readonly from: string
  readonly participant: string | null
  /** The type of its encryption, or `none`. */
  readonly kind: string
  readonly error: Unreadable
  readonly bytes: Uint8Array
  /** The plaintext, when it was no message. It is kept because no ratchet can decrypt the stanza a second time. */
  readonly plain?: Uint8Array
}

/** A delivered stanza with a ciphertext for which the session has no row. */
export interface Delivery {
  /** The hash of the ciphertext. */
  readonly hash: string
  /** The address of the message in the stanza; null when it cannot be read. */
  readonly address: MessageAddress | null
  /** Describes the stanza as a failed one. Encodes the whole stanza. */
  failed(error: Unreadable, plain?: Uint8Array): FailedStanza
}

/** The answer to WhatsApp about an unreadable stanza: acknowledge it as read, ask for it again, or give it up. */
export type Answer = 'as-read' | 'ask-again' | 'ask-no-more'

/** Decides about each delivered stanza. Its records are in the journal when its methods return. */
export interface DeliveredStanzas {
  /** Returns the plaintext of a ciphertext that was decrypted before, or null for a new one. */
  lookup(hash: string): Buffer | typeof DOCUMENTED | null
  /** Decides about a new ciphertext. Call it before the decryption. Rejects when the journal ends. */
  begin(delivery: Delivery): Promise<'decrypt' | 'ask-no-more'>
  /**
   * Admits a decrypted stanza to the inbox.
   *
   * @param settles the key (see `FailedStanza`) of earlier failed deliveries that this one resolves; null for none
   */
  admit(received: Received, settles: string | null): Admission
  /** Records a ciphertext that could not be decrypted. */
  notDecrypted(delivery: Delivery, error: Unreadable): Answer
  /** Records a ciphertext that was decrypted and admitted but is no message. */
  noMessage(delivery: Delivery, plain: Uint8Array): Exclude<Answer, 'as-read'>
  /** Records a stanza that the client refuses by itself. `isFinal` is true when the client does not ask for it again. */
  refused(stanza: FailedStanza, options: { isFinal: boolean }): void
  /** Stores a message that no ratchet decrypts: one that WhatsApp only announces to this device, or a post of a channel. */
  inClear(received: Received): void
  /** WhatsApp has acknowledged our receipt of a stanza, so the stanza will not come again. */
  receiptAcknowledged(stanzaId: string): void
}
