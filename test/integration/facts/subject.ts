/** A client that keeps a WhatsApp session. Stock Baileys and Holdfast get the same treatment and the same expectations. */
export interface Subject {
  readonly phone: string
  /** Lets the phone scan the client's QR code; resolves when the client is connected. */
  link(): Promise<void>
  /** Passes a text to the contact's number to the client; does not wait until it has left. */
  send(contact: string, text: string): Promise<void>
  /** Returns the messages in the application's own database. */
  storedMessages(): Promise<{ id: string; text: string }[]>
  /** Kills the client at once, with SIGKILL. */
  kill(): void
  /** Resolves when the client is connected again after `kill`. */
  restart(): Promise<void>
  close(): Promise<void>
}
