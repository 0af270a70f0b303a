/** A session of a subject, the phone that it is linked with, and the contact that it talks to. */
export interface Chat {
  readonly name: string
  readonly phone: string
  readonly contact: string
}

/** In ms. */
export interface Lag {
  readonly p99Ms: number
  readonly maxMs: number
}

/** Something that keeps sessions in a process of its own, driven alike whatever it is. */
export interface Subject {
  readonly name: string
  /** Of the process that holds the sockets. */
  readonly pid: () => number
  /** Makes the session and holds the phone before the QR code. Resolves when it works. */
  link(chat: Chat): Promise<void>
  /** Resolves when the connections are closed. */
  disconnect(chats: readonly Chat[]): Promise<void>
  /** Lets them connect; does not wait. */
  connect(chats: readonly Chat[]): Promise<void>
  /** Hands over what is to be sent while they are not connected, to go out when they are. */
  queue(chat: Chat, texts: readonly string[]): Promise<void>
  /** How late timers of the process fired since this was last asked. Of the product only. */
  takeLag?(): Promise<Lag>
  close(): Promise<void>
}
