import type { DisconnectClass } from '@holdfast/core/session/disconnect-policy'
import type { Backlog, Heard } from '../../whatsapp/heard.ts'

/** The end of a connection or of an attempt to connect, after the verdict on it. */
export interface Loss {
  readonly kind: DisconnectClass
  readonly code: number | null
  /** Whether the connection had opened. */
  readonly wasOpen: boolean
  /** Why the session now waits for a person, as a sentence; null when it goes on by itself. */
  readonly halts: string | null
}

/** What the keeper tells of its connections. The watch decides from it whether the session is lost, deaf, or merely quiet. */
export interface ConnectionWatch {
  /**
   * WhatsApp accepted the login.
   *
   * @param serverMs the server's clock, ms; null when it did not say
   * @param isFirst whether the phone has just linked the device
   */
  loggedIn(serverMs: number | null, isFirst: boolean): void
  qrShown(): void
  /** Called before the change of state is recorded. */
  opened(): void
  /** The connection is gone, for whatever reason. */
  ended(): void
  /** Called before the change of state is recorded. */
  lost(loss: Loss): void
  /** A frame of any kind arrived. */
  answered(): void
  heard(heard: Heard): void
  backlog(backlog: Backlog): void
  sent(messageId: string, chat: string): void
  acked(messageId: string): void
}
