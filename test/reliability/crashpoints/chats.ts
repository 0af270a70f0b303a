import type { TextOptions } from '../../support/api-client.ts'
import { HoldfastProblem } from '@holdfast/client/problem'
import { requestJson } from '../../support/json-request.ts'
import { linkSession } from '../../support/linked-session.ts'
import { newPhone, type Stage } from './stage.ts'
import type { Pace } from './stored.ts'

const PAST = { chats: 2, groups: 0, bootstrap: 1, recent: 3, older: 0, recentChunks: 1, fullChunks: 0 }

export interface SentMessage {
  jobId: string
  messageId: string
  contact: string
  text: string
  /** How the message has to end. One that fails or is canceled must never arrive. */
  end: 'sent' | 'failed' | 'canceled' | 'sent or failed'
}

/** A session of a stage with its phone, and all messages that a scenario sent and received through it. */
export class Chats {
  readonly stage: Stage
  readonly name: string
  readonly phone = newPhone()
  /** A contact with messages in both directions before the first case. */
  readonly contact = newPhone()
  readonly sent: SentMessage[] = []
  readonly issued: string[] = []
  /** The number of QR codes that the phone has scanned. */
  scans = 0
  /** The following fields hold the notes of single scenarios. */
  askedAgain: { id: string; copies: number } | null = null
  loginsBefore = 0
  notice = ''
  pointerBefore: string | null = null
  hadTwoCheckpoints = false
  lostRecord = 0
  /** Before the case: how much the session's document counts, and the number of its messages. */
  paceBefore: (Pace & { sent: number }) | null = null
  /** True allows error answers to the contact's messages at first, because lost records held their keys. They have to arrive. */
  mayBeUnreadable = false
  #texts = 0

  constructor(stage: Stage, name: string) {
    this.stage = stage
    this.name = name
  }

  get sessionId(): string {
    return `default.${this.name}`
  }

  async link(): Promise<void> {
    await this.stage.simulator.createContact(this.contact, 'Contact')
    await this.beginPhone()
    this.scans++
    await linkSession(this.stage.api, this.stage.simulator, this)
  }

  /** Creates a phone with app state and a message history. The messages of the history count as received. */
  async beginPhone(): Promise<void> {
    await this.stage.post('/phones', { phone: this.phone, keyShare: true, history: PAST })
    const url = `${this.stage.simulator.url}/phones/${this.phone}/history`
    const { chunks } = await requestJson<{ chunks: { messages: { id: string }[] }[] }>(url, { method: 'GET' })
    for (const { messages } of chunks) this.issued.push(...messages.map(({ id }) => id))
  }

  /** Creates a contact. Without `autoReceipt` only the server's ack tells that it has a message. */
  async newContact({ autoReceipt = true } = {}): Promise<string> {
    const contact = newPhone()
    await this.stage.simulator.createContact(contact, 'Another contact', { autoReceipt })
    return contact
  }

  /** Sends a message. Resolves when the API has accepted it. */
  async send(
    contact = this.contact,
    { end = 'sent', ...options }: TextOptions & Partial<Pick<SentMessage, 'end'>> = {},
  ): Promise<SentMessage> {
    const text = this.nextText('sent')
    const order = { session: this.name, chatId: `${contact}@c.us`, text, idempotencyKey: `${this.name} ${text}`, ...options }
    const { id: jobId, messageId } = await this.stage.api.sendText(order)
    const message = { jobId, messageId, contact, text, end }
    this.sent.push(message)
    return message
  }

  /** Cancels a message that waits, unless it is too late for that. */
  async cancel(message: SentMessage): Promise<void> {
    if (await isDone('cannot-cancel', this.stage.api.cancel(message.jobId))) message.end = 'canceled'
  }

  /** Replaces the text of a message that waits, unless it is too late for that. */
  async replace(message: SentMessage): Promise<void> {
    const text = this.nextText('replaced')
    if (await isDone('cannot-replace', this.stage.api.replace(message.jobId, { text }))) message.text = text
  }

  /** Sends a message from the contact. Returns the message's id. */
  async receive(contact = this.contact): Promise<string> {
    const id = await this.stage.simulator.sendAsContact(contact, this.phone, this.nextText('received'))
    this.issued.push(id)
    return id
  }

  async receiveMany(count: number): Promise<void> {
    const text = `${this.nextText('received')} {n}`
    this.issued.push(...(await this.stage.simulator.sendManyAsContact(this.contact, this.phone, text, count)))
  }

  /** Returns a text that no other message of this session has. */
  nextText(what: string): string {
    return `${what} ${++this.#texts}`
  }
}

/** Returns false when the API refuses a request with this code. */
async function isDone(refusal: string, request: Promise<unknown>): Promise<boolean> {
  try {
    await request
    return true
  } catch (error) {
    if (error instanceof HoldfastProblem && error.code === refusal) return false
    throw error
  }
}
