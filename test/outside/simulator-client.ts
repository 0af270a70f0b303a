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
}

export interface ContactState {
  phone: string
  received: { id: string; from: string; text: string; copies: number; at: number }[]
  undecryptable: number
  retryReceipts: number
}

export interface FaultOrder {
  kind: 'drop' | 'stream-error' | 'login-failure' | 'nack' | 'hold-acks' | 'no-acks' | 'silence' | 'refuse' | 'latency'
  account?: string
  code?: number
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
  async sendAsContact(contact: string, to: string, text: string): Promise<string> {
    const { ids } = await this.#post<{ ids: string[] }>(`/contacts/${contact}/send`, { to, text })
    const [id] = ids
    if (id === undefined) throw new Error('The simulator sent a message and told no id.')
    return id
  }

  /** `{n}` in the text is numbered. */
  async sendManyAsContact(contact: string, to: string, text: string, count: number): Promise<string[]> {
    return (await this.#post<{ ids: string[] }>(`/contacts/${contact}/send`, { to, text, count })).ids
  }

  /** What comes next in the sessions that it had, it cannot read. */
  async forgetSessions(contact: string): Promise<void> {
    await this.#post(`/contacts/${contact}/forget-sessions`, {})
  }

  /** Returns the number of the new companion. Without a notice a client finds out only when it asks. */
  async linkContactDevice(contact: string, notice: 'change' | 'update' | 'none' = 'change'): Promise<number> {
    return (await this.#post<{ device: number }>(`/contacts/${contact}/devices`, { notice })).device
  }

  async removeContactDevice(contact: string, device: number, notice: 'change' | 'update' | 'none' = 'change'): Promise<void> {
    await requestJson(`${this.url}/contacts/${contact}/devices/${device}`, { method: 'DELETE', json: { notice } })
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
