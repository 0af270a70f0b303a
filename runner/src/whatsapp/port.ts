import type { Disconnect } from '@holdfast/core/session/disconnect-policy'

/** Thrown when a connection ended under what was asked of it: what became of it is unknown, and `onClose` follows. */
export class ConnectionEnded extends Error {}

/**
 * What a session needs of a WhatsApp client. Implemented on Baileys in `../baileys`; nothing else of the runner knows Baileys.
 * One connection is one socket, from dialling to its end; a new attempt is a new connection.
 */
export interface Connection {
  /** Builds the message as it is stored and sent, encoded: made once per job, so that what goes out again is the same. */
  composeText(chat: string, text: string, messageId: string): Uint8Array
  /**
   * Encrypts and sends under the given id. Resolves when the frame is behind the gate; the server's ack comes as an event.
   * @throws ConnectionEnded
   */
  relay(chat: string, message: Uint8Array, messageId: string): Promise<void>
  /** False when WhatsApp says that nobody has this number. */
  isReachable(chat: string): Promise<boolean>
  /** The journal has become durable further: frames may leave. */
  release(): void
  /** Nothing that depends on new records leaves while muted. */
  mute(muted: boolean): void
  /** How long frames have been waiting at the gate, in milliseconds; 0 when none do. */
  heldForMs(): number
  /**
   * Unlinks this device from its phone. Resolves when WhatsApp has confirmed it.
   * @throws ConnectionEnded
   * @throws HoldfastError `not-connected` when WhatsApp does not answer.
   */
  unlink(): Promise<void>
  /** Ends the connection in order. Resolves when the socket is closed; `onClose` is not called. */
  close(): Promise<void>
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

export type Connect = (events: ConnectionEvents) => Connection
