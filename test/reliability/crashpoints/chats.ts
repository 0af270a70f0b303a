import { createHash } from 'node:crypto'
import { receivedMessageIdOf } from '@holdfast/core/session/ids'
import type { TextOptions } from '../../support/api-client.ts'
import { HoldfastProblem } from '@holdfast/client/problem'
import { requestJson } from '../../support/json-request.ts'
import { linkSession } from '../../support/linked-session.ts'
import type { Fault } from './faults.ts'
import { newPhone, type Stage } from './stage.ts'
import type { Pace } from './stored.ts'

const PAST = { chats: 2, groups: 0, bootstrap: 1, recent: 3, older: 0, recentChunks: 1, fullChunks: 0 }

/** A file of a message, and the path at which the API gives it. */
interface ServedFile {
  path: string
  bytes: number
  sha256: string
}

/** A file to send. With an address the owner fetches it from there, else it comes with the request. */
interface FileToSend {
  mimetype: string
  bytes: Buffer
  url?: string
}

export interface SentMessage {
  jobId: string
  messageId: string
  contact: string
  /** The words that no other message has. */
  text: string
  /** The hash of its file. */
  sha256?: string
  /** The id of the message that it quotes. */
  quotes?: string
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
  /** The messages that are starred, each with the job that does it. */
  readonly starred: { jobId: string; messageId: string }[] = []
  /** The files of messages in both directions. */
  readonly files: ServedFile[] = []
  /** The number of QR codes that the phone has scanned. */
  scans = 0
  /** The following fields hold the notes of single scenarios. */
  askedAgain: { id: string; copies: number } | null = null
  quoted = { theirs: '', ours: '' }
  loginsBefore = 0
  notice = ''
  pointerBefore: string | null = null
  hadTwoCheckpoints = false
  lostRecord = 0
  /** The ids of the actions that the case has asked for. */
  actions: readonly string[] = []
  /** The backup to return to, and the last record before the return. */
  backup = ''
  lastRecord = 0
  /** Another session of the same tenant, which the same runner owns. */
  other: Chats | null = null
  /** The fault of the case; null without one. */
  fault: Fault | null = null
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
    const { jobId, messageId } = await this.stage.api.sendText(order)
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

  /** Sends a file with a caption. Resolves when the API has accepted it. */
  async sendFile({ mimetype, bytes, url }: FileToSend): Promise<void> {
    const caption = this.nextText('sent file')
    const file = { mimetype, ...(url === undefined ? { data: bytes.toString('base64') } : { url }) }
    const route = mimetype.startsWith('image/') ? 'sendImage' : 'sendFile'
    const sha256 = sha256Of(bytes)
    const { messageId } = await this.#sendAs(`/api/${route}`, { file, caption }, { text: caption, sha256 })
    // The API gives no file that it has never had.
    if (url === undefined) this.files.push({ path: this.#fileOf(messageId), bytes: bytes.length, sha256 })
  }

  /** Sends a text that quotes a message of either side. */
  async quote(quoted: { id: string; fromMe: boolean }): Promise<void> {
    const text = this.nextText('quoting')
    await this.#sendAs('/api/sendText', { text, reply_to: this.#serialized(quoted) }, { text, quotes: quoted.id })
  }

  /** Pins a message of this session for all. */
  async pin({ messageId }: SentMessage): Promise<void> {
    const id = this.#serialized({ id: messageId, fromMe: true })
    const path = `/api/${this.name}/chats/${encodeURIComponent(`${this.contact}@c.us`)}/messages/${encodeURIComponent(id)}/pin`
    await this.#sendAs(path, { duration: 86_400 }, { text: `pin ${messageId}` })
  }

  /** Stars a message of this session. That is a job, of which no contact hears. */
  async star({ messageId }: SentMessage): Promise<void> {
    const message = { chatId: `${this.contact}@c.us`, messageId: this.#serialized({ id: messageId, fromMe: true }) }
    const json = { session: this.name, ...message, star: true }
    const { jobId } = await this.#accepted('PUT', '/api/star', json, `star ${messageId}`)
    this.starred.push({ jobId, messageId })
  }

  async #sendAs(path: string, json: object, said: Pick<SentMessage, 'text' | 'sha256' | 'quotes'>): Promise<SentMessage> {
    const place = path.endsWith('/pin') ? {} : { session: this.name, chatId: `${this.contact}@c.us` }
    const accepted = await this.#accepted('POST', path, { ...place, ...json }, said.text)
    const message: SentMessage = { ...accepted, ...said, contact: this.contact, end: 'sent' }
    this.sent.push(message)
    return message
  }

  async #accepted(method: string, path: string, json: object, key: string): Promise<{ jobId: string; messageId: string }> {
    const headers = { 'Idempotency-Key': `${this.name} ${key}` }
    const answer = await this.stage.sandbox.api(path, { method, json, headers })
    if (answer.status >= 300) throw new Error(`The API answered ${answer.status} to ${method} ${path}: ${await answer.text()}`)
    const { id, jobId } = (await answer.json()) as { id: string; jobId: string }
    return { jobId, messageId: id.split('_')[2] ?? '' }
  }

  #serialized({ id, fromMe }: { id: string; fromMe: boolean }): string {
    return `${fromMe}_${this.contact}@c.us_${id}`
  }

  /** Sends a picture from the contact. */
  async receiveFile(size: number): Promise<void> {
    const json = { to: this.phone, kind: 'image', size, mimetype: 'image/jpeg', caption: this.nextText('received file') }
    const url = `${this.stage.simulator.url}/contacts/${this.contact}/send-media`
    const { id, ...file } = await requestJson<{ id: string; bytes: number; sha256: string }>(url, { method: 'POST', json })
    this.issued.push(id)
    this.files.push({ path: this.#fileOf(id), ...file })
  }

  /** Whether the API gives these bytes. */
  async serves(path: string, { bytes, sha256 }: Omit<ServedFile, 'path'>): Promise<boolean> {
    const answer = await this.stage.sandbox.api(path)
    const body = Buffer.from(await answer.arrayBuffer())
    return answer.status === 200 && body.length === bytes && sha256Of(body) === sha256
  }

  #fileOf(messageId: string): string {
    return `/api/files/${this.name}/${receivedMessageIdOf(`${this.contact}@s.whatsapp.net`, '', messageId)}`
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

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

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
