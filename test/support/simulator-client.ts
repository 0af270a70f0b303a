import { requestJson } from './json-request.ts'

/** The used parts of the answer to `GET /state`. */
export interface SimulatorState {
  accounts: AccountState[]
  contacts: ContactState[]
  channels: {
    id: string
    name: string
    owner: string
    posts: { id: string; content: SeenContent; file: ReceivedMessage['file'] }[]
  }[]
  violations: { kind: string; detail: string; at: number }[]
}

export interface AccountState {
  phone: string
  deviceJid: string | null
  connected: boolean
  logins: number
  registrations: number
  offlineQueue: number
  /** The first stanzas of the queue, and for how many ms the present connection has had each; null when it has not. */
  waiting: { what: string; handedOverMs: number | null }[]
  receipted: string[]
  /** The poison and ordered stanzas, with their deliveries and the client's answers. */
  watched: { id: string; what: string; deliveries: number; answers: string[] }[]
}

/** A stanza. Its content is stanzas, a text, or bytes. */
export interface Stanza {
  tag: string
  attrs?: Record<string, string>
  content?: Stanza[] | string | { base64: string }
}

export interface StanzaOrder extends Stanza {
  via?: 'queue' | 'line'
}

/** A message as JSON of its protobuf, to a phone or a group, and further attributes of its stanza. */
export interface Said {
  to?: string
  group?: string
  message: object
  attrs?: Record<string, string>
}

export interface PoisonOrder {
  kind:
    | 'garbage'
    | 'truncated'
    | 'unknown-pre-key'
    | 'bad-padding'
    | 'not-protobuf'
    | 'unknown-enc-type'
    | 'message-secret'
    | 'no-enc'
    | 'huge'
    | 'no-sender-key'
  /** The answer to a retry request: the good message, another bad one, or none (the default). */
  retry?: 'good' | 'bad' | 'off'
  /** The text of the good message. */
  text?: string
  /** The length of the text of a `huge` message. */
  bytes?: number
  /** The id of a group, which `no-sender-key` needs. */
  group?: string
}

export interface ContactState {
  phone: string
  /** The numbers of its current devices; its phone is 0. */
  devices: number[]
  received: ReceivedMessage[]
  undecryptable: number
  /** The undecryptable messages in Signal sessions that the contact had lost itself. */
  lostByItself: number
  retryReceipts: number
  /** The Signal sessions that clients opened with its devices. One is needless when neither side had lost the old one. */
  sessionsOpened: number
  needlessSessions: number
  preKeysTaken: number
}

/** What a person sees of a message: its kind, its text, and the fields of that kind. */
export type SeenContent = { kind: string; text: string } & Record<string, unknown>

export interface ReceivedMessage {
  id: string
  from: string
  text: string
  content: SeenContent
  copies: number
  at: number
  /** Its file, as the contact opened it. */
  file?: {
    kind: string
    mimetype: string
    filename: string | null
    caption: string | null
    bytes: number
    sha256: string
    path: string
  } | null
  /** The id of the group of a group message, else null. */
  group: string | null
  /** The numbers of the contact's devices that have read it; its phone is 0. */
  devices: number[]
}

/** An entry names what it is about, and has one action. */
export interface AppStateContent {
  collections: Record<string, { entries: { index: string[]; value: Record<string, unknown> }[] }>
}

/** The faults of downloads from the media host. */
type MediaFault = 'media-status' | 'media-hang' | 'media-slow' | 'media-cut' | 'media-corrupt'

export interface FaultOrder {
  kind:
    | 'drop'
    | 'stream-error'
    | 'login-failure'
    | 'nack'
    | 'hold-acks'
    | 'no-acks'
    | 'no-keys'
    | 'no-bundles'
    | 'no-devices'
    | 'no-participants'
    | 'no-digest'
    | 'no-answer'
    | 'early-success'
    | 'silence'
    | 'refuse'
    | 'deaf'
    | 'half-deaf'
    | 'latency'
    | MediaFault
  account?: string
  code?: number
  /** The attributes of a login failure, in addition to those of its code. */
  attrs?: Record<string, string>
  /** The conflict of a stream error. */
  conflict?: 'replaced' | 'device_removed'
  condition?: string
  /** The tag of the query that `no-answer` leaves unanswered. */
  query?: string
  after?: number
  count?: number
  ms?: number
}

/** The limit of one request. It is long, because the request is never repeated: the simulator would send its message twice. */
const LIMIT_MS = 60_000

/** Controls the simulator: its phones and contacts, and the faults of the network. */
export class SimulatorClient {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  async state(): Promise<SimulatorState> {
    return await requestJson(`${this.url}/state`, { method: 'GET', limitMs: LIMIT_MS })
  }

  /** Undefined before there is such a phone. The whole state of many sessions would be megabytes at each look. */
  async account(phone: string): Promise<AccountState | undefined> {
    return (await this.#stateOf(phone)).accounts[0]
  }

  /** The same of a contact. */
  async contact(phone: string): Promise<ContactState | undefined> {
    return (await this.#stateOf(phone)).contacts[0]
  }

  async #stateOf(phone: string): Promise<SimulatorState> {
    return await requestJson(`${this.url}/state?phone=${phone}`, { method: 'GET', limitMs: LIMIT_MS })
  }

  async createPhone(phone: string): Promise<void> {
    await this.#post('/phones', { phone })
  }

  async scan(phone: string, qr: string): Promise<{ deviceJid: string }> {
    return await this.#post(`/phones/${phone}/scan`, { qr })
  }

  /** Types a pairing code into the phone. Throws when it links nothing. */
  async enterCode(phone: string, code: string): Promise<{ deviceJid: string }> {
    return await this.#post(`/phones/${phone}/link-code`, { code })
  }

  /** Creates a contact. Without `autoReceipt` its phone sends no delivery receipts. */
  async createContact(phone: string, name: string, { autoReceipt = true } = {}): Promise<void> {
    await this.#post('/contacts', { phone, name, autoReceipt })
  }

  /** Sends a message from a contact. Returns the id that the server gave it. */
  async sendAsContact(contact: string, to: string, text: string, { device = 0 } = {}): Promise<string> {
    const { ids } = await this.#post<{ ids: string[] }>(`/contacts/${contact}/send`, { to, text, device })
    const [id] = ids
    if (id === undefined) throw new Error('The simulator sent a message and returned no id.')
    return id
  }

  /** Sends messages from a contact and returns their ids. The number of the message replaces `{n}` in the text. */
  async sendManyAsContact(contact: string, to: string, text: string, count: number): Promise<string[]> {
    return (await this.#post<{ ids: string[] }>(`/contacts/${contact}/send`, { to, text, count })).ids
  }

  /** Sends any message of WhatsApp's protocol from a contact. Returns its id. */
  async sayAsContact(contact: string, said: Said): Promise<string> {
    return (await this.#post<{ id: string }>(`/contacts/${contact}/say`, said)).id
  }

  /** The same by the owner of a phone. In a chat with one person, `to` is the contact. */
  async sayOnPhone(phone: string, said: Said): Promise<string> {
    return (await this.#post<{ id: string }>(`/phones/${phone}/say`, said)).id
  }

  /** Sends a file of so many bytes from a contact. Returns the id of its message, and the hash of the bytes. */
  async sendFileAsContact(
    contact: string,
    file: { to: string; kind: string; mimetype: string; size: number; caption: string },
  ): Promise<{ id: string; bytes: number; sha256: string }> {
    return await this.#post(`/contacts/${contact}/send-media`, file)
  }

  /**
   * Votes about a poll of a phone or a group as a contact. `author` is the phone of who asks, `secret` that of the poll in base64.
   * Returns the id of the vote.
   */
  async voteAsContact(
    contact: string,
    vote: { to?: string; group?: string; asked: { id: string; author: string; secret: string }; options: string[] },
  ): Promise<string> {
    return (await this.#post<{ id: string }>(`/contacts/${contact}/vote`, vote)).id
  }

  /** Makes the server deliver a message again, unchanged. */
  async repeatMessage(phone: string, id: string): Promise<void> {
    await this.#post(`/phones/${phone}/repeat`, { id })
  }

  /** Makes a contact forget its Signal sessions, so that it cannot read the next message in them. */
  async forgetSessions(contact: string): Promise<void> {
    await this.#post(`/contacts/${contact}/forget-sessions`, {})
  }

  /** Sends a message that the client cannot process. Returns its id. */
  async poisonAsContact(contact: string, to: string, order: PoisonOrder): Promise<string> {
    return (await this.#post<{ id: string }>(`/contacts/${contact}/poison`, { to, ...order })).id
  }

  /** Calls the client. Returns the id of the call for `endCall`. */
  async call(from: string, to: string, { video = false } = {}): Promise<string> {
    return (await this.#post<{ callId: string }>(`/accounts/${to}/call`, { from, video })).callId
  }

  async endCall(to: string, callId: string, how: 'terminate' | 'timeout'): Promise<void> {
    await this.#post(`/accounts/${to}/call/${callId}/end`, { how })
  }

  /** Delivers any stanza: from the queue until it is answered, for which it needs an id, or once to a connected client. */
  async putStanza(phone: string, stanza: StanzaOrder): Promise<void> {
    await this.#post(`/phones/${phone}/stanza`, stanza)
  }

  /** Sets the kind of address that the contact has in its later one-to-one messages. */
  async addressContact(contact: string, mode: 'pn' | 'lid'): Promise<void> {
    await this.#post(`/contacts/${contact}/addressing`, { mode })
  }

  /** Makes the contact request a message again that it has read, as if it had lost it. */
  async askAgain(contact: string, id: string, { device = 0 } = {}): Promise<void> {
    await this.#post(`/contacts/${contact}/ask-again`, { id, device })
  }

  /** Links a companion and returns its number. Without a notice a client learns of it only by its own query. */
  async linkContactDevice(contact: string, notice: 'change' | 'update' | 'none' = 'change'): Promise<number> {
    return (await this.#post<{ device: number }>(`/contacts/${contact}/devices`, { notice })).device
  }

  async removeContactDevice(contact: string, device: number, notice: 'change' | 'update' | 'none' = 'change'): Promise<void> {
    await requestJson(`${this.url}/contacts/${contact}/devices/${device}`, { method: 'DELETE', json: { notice } })
  }

  /** Gives the contact's phone a new identity and new keys, and removes its companions. */
  async reinstallContact(contact: string, notice: 'change' | 'none' = 'change'): Promise<void> {
    await this.#post(`/contacts/${contact}/reinstall`, { notice })
  }

  /**
   * Creates a group of accounts and contacts by their phones; the first is the owner. Returns the id, which ends in `@g.us`.
   *
   * @param disappearsAfter seconds after which messages disappear; 0: never
   */
  async createGroup(
    subject: string,
    participants: string[],
    addressing: 'lid' | 'pn' = 'lid',
    disappearsAfter = 0,
  ): Promise<string> {
    return (await this.#post<{ id: string }>('/groups', { subject, participants, addressing, disappearsAfter })).id
  }

  /** Returns what the phone has synced with its companions, in the clear. */
  async appState(phone: string): Promise<AppStateContent> {
    return await requestJson(`${this.url}/phones/${phone}/app-state`, { method: 'GET' })
  }

  async createChannel(name: string, owner: string): Promise<{ id: string }> {
    return await this.#post('/channels', { name, owner })
  }

  /** Lets an account get the channel's further posts. */
  async followChannel(channel: string, phone: string): Promise<void> {
    await this.#post(`/channels/${channel}/followers`, { phone })
  }

  /** Sends messages to a group and returns their ids. The number of the message replaces `{n}` in the text. */
  async sendToGroupAsContact(group: string, from: string, text: string, count = 1): Promise<string[]> {
    return (await this.#post<{ ids: string[] }>(`/groups/${group}/send`, { from, text, count })).ids
  }

  async changeParticipants(group: string, change: { add?: string[]; remove?: string[] }): Promise<void> {
    await this.#post(`/groups/${group}/participants`, change)
  }

  /** Gives the contact a new sender key, which its next message distributes. */
  async rotateGroupKey(group: string, contact: string): Promise<void> {
    await this.#post(`/groups/${group}/rotate`, { contact })
  }

  async orderFault(order: FaultOrder): Promise<void> {
    await this.#post('/faults', order)
  }

  async #post<Answer>(path: string, json: unknown): Promise<Answer> {
    return await requestJson(`${this.url}${path}`, { method: 'POST', json, limitMs: LIMIT_MS })
  }
}
