import { requestJson } from './json-request.ts'

/** What `GET /state` tells, as far as it is used here. */
export interface SimulatorState {
  accounts: AccountState[]
  contacts: ContactState[]
  violations: { kind: string; detail: string; at: number }[]
}

export interface AccountState {
  phone: string
  deviceJid: string | null
  connected: boolean
  logins: number
  registrations: number
  offlineQueue: number
  receipted: string[]
  /** Poison, and stanzas that were put in: how often each was delivered, and what the client answered. */
  watched: { id: string; what: string; deliveries: number; answers: string[] }[]
}

/** Content is stanzas, a text, or bytes. */
export interface Stanza {
  tag: string
  attrs?: Record<string, string>
  content?: Stanza[] | string | { base64: string }
}

export interface StanzaOrder extends Stanza {
  via?: 'queue' | 'line'
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
  /** What becomes of a request to send it again: the good message, another one as bad, or nothing (the default). */
  retry?: 'good' | 'bad' | 'off'
  /** The good message. */
  text?: string
  /** Length of the text of a `huge` one. */
  bytes?: number
  /** The id of a group, which `no-sender-key` needs. */
  group?: string
}

export interface ContactState {
  phone: string
  /** Numbers of its devices as they are now; its phone is 0. */
  devices: number[]
  received: ReceivedMessage[]
  undecryptable: number
  /** Of these, what came in sessions that the contact had lost. */
  lostByItself: number
  retryReceipts: number
  /** What clients spent on sessions with it, all devices together. Needless: begun anew although neither side had lost it. */
  sessionsOpened: number
  needlessSessions: number
  preKeysTaken: number
}

export interface ReceivedMessage {
  id: string
  from: string
  text: string
  copies: number
  at: number
  /** The id of the group that it was sent to, if it was. */
  group: string | null
  /** Numbers of the contact's devices that have read it; its phone is 0. */
  devices: number[]
}

/** What befalls downloads from the media host. */
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
    | 'no-answer'
    | 'silence'
    | 'refuse'
    | 'latency'
    | MediaFault
  account?: string
  code?: number
  /** Attributes of a login failure, besides those that belong to its code. */
  attrs?: Record<string, string>
  /** Of a stream error. */
  conflict?: 'replaced' | 'device_removed'
  condition?: string
  /** Of `no-answer`: the tag of the question. */
  query?: string
  count?: number
  ms?: number
}

/** The people with the phones, and the weather on the network. */
export class SimulatorClient {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  async state(): Promise<SimulatorState> {
    return await requestJson(`${this.url}/state`, { method: 'GET' })
  }

  async createPhone(phone: string): Promise<void> {
    await this.#post('/phones', { phone })
  }

  async scan(phone: string, qr: string): Promise<{ deviceJid: string }> {
    return await this.#post(`/phones/${phone}/scan`, { qr })
  }

  /** Without `autoReceipt` the contact's phone tells nobody that it has received something. */
  async createContact(phone: string, name: string, { autoReceipt = true } = {}): Promise<void> {
    await this.#post('/contacts', { phone, name, autoReceipt })
  }

  /** The id that the service gave the message. */
  async sendAsContact(contact: string, to: string, text: string, { device = 0 } = {}): Promise<string> {
    const { ids } = await this.#post<{ ids: string[] }>(`/contacts/${contact}/send`, { to, text, device })
    const [id] = ids
    if (id === undefined) throw new Error('The simulator sent a message and told no id.')
    return id
  }

  /** `{n}` in the text is numbered. */
  async sendManyAsContact(contact: string, to: string, text: string, count: number): Promise<string[]> {
    return (await this.#post<{ ids: string[] }>(`/contacts/${contact}/send`, { to, text, count })).ids
  }

  /** The server delivers a message once more, as it was. */
  async repeatMessage(phone: string, id: string): Promise<void> {
    await this.#post(`/phones/${phone}/repeat`, { id })
  }

  /** What comes next in the sessions that it had, it cannot read. */
  async forgetSessions(contact: string): Promise<void> {
    await this.#post(`/contacts/${contact}/forget-sessions`, {})
  }

  /** A message that the client cannot process. Returns its id. */
  async poisonAsContact(contact: string, to: string, order: PoisonOrder): Promise<string> {
    return (await this.#post<{ id: string }>(`/contacts/${contact}/poison`, { to, ...order })).id
  }

  /** Rings at the client. Returns the id of the call, which can be ended. */
  async call(from: string, to: string, { video = false } = {}): Promise<string> {
    return (await this.#post<{ callId: string }>(`/accounts/${to}/call`, { from, video })).callId
  }

  async endCall(to: string, callId: string, how: 'terminate' | 'timeout'): Promise<void> {
    await this.#post(`/accounts/${to}/call/${callId}/end`, { how })
  }

  /** Any stanza: queued until it is answered (it needs an id then), or once to a client that is connected. */
  async putStanza(phone: string, stanza: StanzaOrder): Promise<void> {
    await this.#post(`/phones/${phone}/stanza`, stanza)
  }

  /** How the contact is named in what it sends one-to-one from now on. */
  async addressContact(contact: string, mode: 'pn' | 'lid'): Promise<void> {
    await this.#post(`/contacts/${contact}/addressing`, { mode })
  }

  /** The contact asks for a message again that it has read, as if it had lost it. */
  async askAgain(contact: string, id: string, { device = 0 } = {}): Promise<void> {
    await this.#post(`/contacts/${contact}/ask-again`, { id, device })
  }

  /** Returns the number of the new companion. Without a notice a client finds out only when it asks. */
  async linkContactDevice(contact: string, notice: 'change' | 'update' | 'none' = 'change'): Promise<number> {
    return (await this.#post<{ device: number }>(`/contacts/${contact}/devices`, { notice })).device
  }

  async removeContactDevice(contact: string, device: number, notice: 'change' | 'update' | 'none' = 'change'): Promise<void> {
    await requestJson(`${this.url}/contacts/${contact}/devices/${device}`, { method: 'DELETE', json: { notice } })
  }

  /** The contact's phone gets a new identity and new keys; its companions are gone. */
  async reinstallContact(contact: string, notice: 'change' | 'none' = 'change'): Promise<void> {
    await this.#post(`/contacts/${contact}/reinstall`, { notice })
  }

  /** Accounts and contacts by their phones; the first one is the owner. Returns the id, which ends in `@g.us`. */
  async createGroup(subject: string, participants: string[], addressing: 'lid' | 'pn' = 'lid'): Promise<string> {
    return (await this.#post<{ id: string }>('/groups', { subject, participants, addressing })).id
  }

  /** `{n}` in the text is numbered. */
  async sendToGroupAsContact(group: string, from: string, text: string, count = 1): Promise<string[]> {
    return (await this.#post<{ ids: string[] }>(`/groups/${group}/send`, { from, text, count })).ids
  }

  async changeParticipants(group: string, change: { add?: string[]; remove?: string[] }): Promise<void> {
    await this.#post(`/groups/${group}/participants`, change)
  }

  /** What the contact writes next comes with a new sender key. */
  async rotateGroupKey(group: string, contact: string): Promise<void> {
    await this.#post(`/groups/${group}/rotate`, { contact })
  }

  async orderFault(order: FaultOrder): Promise<void> {
    await this.#post('/faults', order)
  }

  async #post<Answer>(path: string, json: unknown): Promise<Answer> {
    return await requestJson(`${this.url}${path}`, { method: 'POST', json })
  }
}
