import type { Turns } from './turns.ts'

/** A message as WhatsApp gets it. */
export interface Frame {
  readonly messageId: string
  readonly bytes: string
}

/** One connection of an owner. */
export interface Socket {
  readonly owner: string
  readonly sessionId: string
  readonly onAnswer: (messageId: string, answer: Answer) => void
  readonly onClose: () => void
}

/** `missed`: WhatsApp has the message, but for other devices than the contact has now. */
export type Answer = { readonly error: string | null } | 'missed'

/** WhatsApp's server: one connection of a session at a time, and answers when the test says so. */
export class WhatsApp {
  readonly #turns: Turns
  readonly #onFrame: (sessionId: string, frame: Frame) => void
  /** How often each message was taken from the queue. */
  readonly #takes = new Map<string, number>()
  readonly #sockets = new Map<string, Socket>()
  /** Frames without an answer, by the connection that they came over. */
  readonly #unanswered: { readonly socket: Socket; readonly frame: Frame; readonly take: number }[] = []
  /** The messages that WhatsApp has, whatever it has answered. */
  readonly #taken = new Set<string>()

  constructor(turns: Turns, onFrame: (sessionId: string, frame: Frame) => void) {
    this.#turns = turns
    this.#onFrame = onFrame
  }

  /** A new login of a session ends its other connection. */
  login(socket: Socket): void {
    const before = this.#sockets.get(socket.sessionId)
    this.#sockets.set(socket.sessionId, socket)
    if (before) this.#turns.arrive(before.owner, 'end of the connection', before.onClose)
  }

  /** What an ended connection sends is lost. */
  receive(socket: Socket, frame: Frame): void {
    if (this.#sockets.get(socket.sessionId) !== socket) return
    this.#unanswered.push({ socket, frame, take: this.#takeOf(frame.messageId) })
    this.#onFrame(socket.sessionId, frame)
  }

  ended(socket: Socket): void {
    if (this.#sockets.get(socket.sessionId) === socket) this.#sockets.delete(socket.sessionId)
  }

  has(messageId: string): boolean {
    return this.#taken.has(messageId)
  }

  /** The message was taken from the queue. Answers to what was sent before do not arrive any more. */
  restarted(messageId: string): void {
    this.#takes.set(messageId, this.#takeOf(messageId) + 1)
  }

  /** Takes the message of the oldest frame without an answer. The answer gets lost. */
  take(messageId: string): void {
    if (this.#next(messageId)) this.#taken.add(messageId)
  }

  /** Answers the oldest frame without an answer. It does not arrive when the connection has ended. */
  answer(messageId: string, answer: Answer): void {
    const next = this.#next(messageId)
    if (!next) return
    const { socket, take } = next
    if (answer === 'missed' || answer.error === null) this.#taken.add(messageId)
    if (this.#sockets.get(socket.sessionId) !== socket) return
    this.#turns.arrive(socket.owner, `answer to ${messageId}`, () => {
      if (this.#takeOf(messageId) === take) socket.onAnswer(messageId, answer)
    })
  }

  /** The messages with a frame on the present connection that has no answer. */
  get waiting(): readonly string[] {
    return this.#unanswered
      .filter(({ socket }) => this.#sockets.get(socket.sessionId) === socket)
      .map(({ frame }) => frame.messageId)
  }

  #next(messageId: string) {
    const index = this.#unanswered.findIndex(({ frame }) => frame.messageId === messageId)
    return index < 0 ? null : this.#unanswered.splice(index, 1)[0]
  }

  #takeOf(messageId: string): number {
    return this.#takes.get(messageId) ?? 0
  }
}
