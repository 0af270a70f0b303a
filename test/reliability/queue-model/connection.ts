import { textOfContent } from '@holdfast/core/message/content'
import type { Engine } from '../../../runner/src/session/engine.ts'
import { ConnectionEnded, type Connection } from '../../../runner/src/whatsapp/port.ts'
import type { FrameGate, RawSocket } from '../../../runner/src/whatsapp/frame-gate.ts'
import { NO_FILES } from '../../support/engine/no-media.ts'
import { NO_QUESTIONS } from '../../support/engine/no-questions.ts'
import type { Turns } from './turns.ts'
import type { Answer, Frame, Socket, WhatsApp } from './whatsapp.ts'

/** The chat of a number without an account. */
export const NOBODY = '5511900000000@s.whatsapp.net'

export interface ConnectionHooks {
  /** Called when the owner hears an answer, before it acts on it. `error` is the code that the job would show. */
  readonly onAnswer: (messageId: string, error: string | null) => void
  /** Called when the owner hears that the message missed some devices. */
  readonly onMissed: (messageId: string) => void
  /** Whether the next message cannot be encrypted. */
  readonly breaks: (sessionId: string) => boolean
}

interface Options {
  readonly owner: { readonly name: string; readonly sessionId: string }
  readonly engine: Engine
  readonly gate: FrameGate
  readonly whatsapp: WhatsApp
  readonly turns: Turns
  readonly hooks: ConnectionHooks
}

let composed = 0

/** A connection whose frames leave through the product's gate. */
export class OwnerConnection {
  readonly #options: Options
  readonly #raw: RawSocket
  readonly #socket: Socket
  /** Messages that the owner is sending, and whose frame has not left. */
  readonly #leaving = new Set<string>()
  #onClosed: () => void = () => {}
  isOpen = false

  constructor(options: Options) {
    this.#options = options
    const { owner, whatsapp, gate } = options
    this.#socket = {
      owner: owner.name,
      sessionId: owner.sessionId,
      onAnswer: (messageId, answer) => this.#hear(messageId, answer),
      onClose: () => this.close(),
    }
    this.#raw = {
      readyState: 0,
      send: (data) => {
        const frame = JSON.parse(Buffer.from(data).toString()) as Frame
        this.#leaving.delete(frame.messageId)
        whatsapp.receive(this.#socket, frame)
      },
      terminate: () => {},
    }
    gate.attach(this.#raw)
  }

  open(onClosed: () => void): void {
    const { whatsapp, engine } = this.#options
    this.#onClosed = onClosed
    this.isOpen = true
    Object.assign(this.#raw, { readyState: 1 })
    whatsapp.login(this.#socket)
    engine.outbox.opened(this.#connection())
  }

  /** The connection ends, and the owner hears of it. */
  close(): void {
    if (!this.isOpen) return
    this.cut()
    this.#options.engine.outbox.closed()
    this.#onClosed()
  }

  cut(): void {
    this.isOpen = false
    this.#options.gate.shut()
    this.#options.whatsapp.ended(this.#socket)
  }

  #hear(messageId: string, answer: Answer): void {
    const { engine, hooks } = this.#options
    if (!this.isOpen) return
    if (answer === 'missed') {
      hooks.onMissed(messageId)
      engine.outbox.missedDevices(messageId)
      return
    }
    // The refusal of an earlier copy says nothing while another one is about to leave.
    if (answer.error === null || !this.#leaving.has(messageId)) {
      hooks.onAnswer(messageId, answer.error === null ? null : `whatsapp-${answer.error}`)
    }
    engine.outbox.acknowledged(messageId, answer.error)
  }

  /** Encrypting takes a while, and so does asking WhatsApp. */
  async #turn(what: string): Promise<void> {
    const { turns, owner } = this.#options
    await new Promise<void>((resolve) => turns.arrive(owner.name, what, resolve))
    if (!this.isOpen) throw new ConnectionEnded()
  }

  #connection(): Connection {
    return {
      questions: NO_QUESTIONS,
      files: NO_FILES,
      // Each composition gives other bytes, as it does with a message key inside.
      compose: async ({ content }) => Buffer.from(`${textOfContent(content)}#${++composed}`),
      relay: async (_, message, messageId) => {
        const { engine, hooks, owner } = this.#options
        this.#leaving.add(messageId)
        await this.#turn(`encryption of ${messageId}`)
        if (hooks.breaks(owner.sessionId)) {
          this.#leaving.delete(messageId)
          hooks.onAnswer(messageId, 'send-failed')
          throw new Error('The message cannot be encrypted (made by the test).')
        }
        engine.state.change({ keys: { session: { [messageId]: String(++composed) } } })
        const frame: Frame = { messageId, bytes: Buffer.from(message).toString() }
        this.#raw.send(Buffer.from(JSON.stringify(frame)), {})
      },
      resend: async () => {},
      star: async () => {},
      isReachable: async (chat) => {
        await this.#turn(`lookup of ${chat}`)
        return chat !== NOBODY
      },
      mute: () => {},
      heldForMs: () => 0,
      readingForMs: () => 0,
      askForNews: async () => 'unknown',
      close: async () => {},
      unlink: async () => {},
      cut: () => this.cut(),
    }
  }
}
