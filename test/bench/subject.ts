/** A session of a subject, its linked phone, and its contact. */
export interface Chat {
  readonly name: string
  readonly phone: string
  readonly contact: string
}

/** The lateness of timers, in ms. */
export interface Lag {
  readonly p99Ms: number
  readonly maxMs: number
}

/** A product under comparison. It holds sessions in a process of its own. */
export interface Subject {
  readonly name: string
  /** Returns the id of the process that holds the sockets. */
  readonly pid: () => number
  /** Creates the session and scans its QR code with the phone. Resolves when the session is connected. */
  link(chat: Chat): Promise<void>
  /** Resolves when the connections are closed. */
  disconnect(chats: readonly Chat[]): Promise<void>
  /** Starts to connect the sessions; does not wait. */
  connect(chats: readonly Chat[]): Promise<void>
  /** Accepts messages of a disconnected session, which it sends when it is connected. */
  queue(chat: Chat, texts: readonly string[]): Promise<void>
  /** Returns the lateness of the process's timers since the last call. Only Holdfast has it. */
  takeLag?(): Promise<Lag>
  close(): Promise<void>
}
