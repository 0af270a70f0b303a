import type { MessageContent, MessageReference } from '@holdfast/core/message/content'
import type { UploadedMedia } from '@holdfast/core/message/uploaded-media'
import type { Deadline } from '@holdfast/core/platform/deadlines'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, Random } from '@holdfast/core/platform/ports'
import type { Disconnect } from '@holdfast/core/session/disconnect-policy'
import type { SessionProxy } from '@holdfast/core/session/proxy-settings'
import type { DeliveredStanzas } from './delivered-stanzas.ts'
import type { DirectoryNews } from './directory-news.ts'
import type { FrameGate } from './frame-gate.ts'
import type { Happening } from './happening.ts'
import type { Backlog, Heard, News } from './heard.ts'
import type { HistoryReader } from './history.ts'
import type { ConnectionFiles, MediaReader } from './media.ts'
import type { Questions } from './questions.ts'
import type { ReceivedMessage } from './received-message.ts'
import type { ReceivedTrace } from './received-trace.ts'
import type { ArchivedRecords, SessionState } from './session-state.ts'

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
  /** Begins the trace of a message that arrives; null for one that is not to be traced. Absent: nothing is traced. */
  readonly traceReceived?: (messageId: string) => ReceivedTrace | null
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

/** How a message goes out. */
export interface Relaying {
  /** True when an earlier attempt began to send it, whose keys may not have arrived. */
  readonly isRepeated: boolean
  /** The people who get a status; for every other chat the server knows them. */
  readonly audience: readonly string[]
  /** WhatsApp's name for the file of a message of a channel. Null for every other message. */
  readonly mediaHandle: string | null
}

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
   * @throws ConnectionEnded
   */
  relay(chat: string, message: Uint8Array, messageId: string, how: Relaying): Promise<void>
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
