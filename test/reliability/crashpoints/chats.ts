import { requestJson } from '../../support/json-request.ts'
import { linkSession } from '../../support/linked-session.ts'
import { newPhone, type Stage } from './stage.ts'

const PAST = { chats: 2, groups: 0, bootstrap: 1, recent: 3, older: 0, recentChunks: 1, fullChunks: 0 }

export interface SentMessage {
  jobId: string
  messageId: string
  contact: string
  text: string
}

/** A session of a stage, with its phone, and everything that was asked of it. */
export class Chats {
  readonly stage: Stage
  readonly name: string
  readonly phone = newPhone()
  /** A contact with whom messages went both ways before the first case. */
  readonly contact = newPhone()
  readonly sent: SentMessage[] = []
  readonly issued: string[] = []
  /** How often somebody held the phone before a QR code. */
  scans = 0
  /** What scenarios remember of their own. */
  askedAgain: { id: string; copies: number } | null = null
  loginsBefore = 0
  notice = ''
  pointerBefore: string | null = null
  hadTwoCheckpoints = false
  lostRecord = 0
  /** What the contact sends may be answered with an error at first: its keys are in records that are lost. It is to come all the same. */
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

  /** A phone that shares its app state, and has a past to tell. What it tells counts as received. */
  async beginPhone(): Promise<void> {
    await this.stage.post('/phones', { phone: this.phone, keyShare: true, history: PAST })
    const url = `${this.stage.simulator.url}/phones/${this.phone}/history`
    const { chunks } = await requestJson<{ chunks: { messages: { id: string }[] }[] }>(url, { method: 'GET' })
    for (const { messages } of chunks) this.issued.push(...messages.map(({ id }) => id))
  }

  async newContact(): Promise<string> {
    const contact = newPhone()
    await this.stage.simulator.createContact(contact, 'Another contact')
    return contact
  }

  /** Resolves when the API has accepted it. */
  async send(contact = this.contact): Promise<SentMessage> {
    const text = this.nextText('sent')
    const order = { session: this.name, chatId: `${contact}@c.us`, text, idempotencyKey: `${this.name} ${text}` }
    const { id: jobId, messageId } = await this.stage.api.sendText(order)
    const message = { jobId, messageId, contact, text }
    this.sent.push(message)
    return message
  }

  /** The contact writes. Returns the message's id. */
  async receive(contact = this.contact): Promise<string> {
    const id = await this.stage.simulator.sendAsContact(contact, this.phone, this.nextText('received'))
    this.issued.push(id)
    return id
  }

  async receiveMany(count: number): Promise<void> {
    const text = `${this.nextText('received')} {n}`
    this.issued.push(...(await this.stage.simulator.sendManyAsContact(this.contact, this.phone, text, count)))
  }

  /** No two are alike. */
  nextText(what: string): string {
    return `${what} ${++this.#texts}`
  }
}
