/** Whatever keeps a WhatsApp session: the same is asked of stock Baileys and of Holdfast, and the same is done to them. */
export interface Subject {
  readonly phone: string
  /** Shows its code to the phone; resolves when it is connected. */
  link(): Promise<void>
  /** Hands a text over to be sent to the contact's number; does not wait until it has left. */
  send(contact: string, text: string): Promise<void>
  /** What the application has in its own database. */
  storedMessages(): Promise<{ id: string; text: string }[]>
  /** SIGKILL, at once. */
  kill(): void
  /** Resolves when it is connected again after `kill`. */
  restart(): Promise<void>
  close(): Promise<void>
}
