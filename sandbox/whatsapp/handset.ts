// One simulated device of a person: the phone (number 0) or a companion. Each has its own keys.
import type { proto } from '@whiskeysockets/baileys'
import { Endpoint } from './endpoint.ts'
import type { LinkedDevice } from './linked-device.ts'
import { KnownKeys, SenderKey } from './sender-keys.ts'
import { SessionLedger } from './session-ledger.ts'
import { SERVER } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'

/** A message that its sender keeps, to encrypt it again on request. */
export type SentMessage = {
  message: proto.IMessage
  attrs: Record<string, string>
  /** Makes the bytes that are sent instead, for a message that is meant to be wrong. */
  make?: (device: LinkedDevice) => Promise<Stanza[]>
}

/** A handset's key for a group, and the devices that have received it. */
type GroupKey = { key: SenderKey; recipients: Set<LinkedDevice> }

export class Handset {
  readonly number: number
  readonly pn: string
  readonly sent = new Map<string, SentMessage>()
  /** The number of retry receipts for each unreadable message. */
  readonly asked = new Map<string, number>()
  /** Clients whose sessions this device lost by itself. Their unreadable messages are not their fault. */
  readonly forgotten = new Set<LinkedDevice>()
  readonly sessions = new SessionLedger()
  readonly endpoint = new Endpoint()
  readonly #owner: { readonly lidUser: string | undefined }
  readonly #groupKeys = new Map<string, GroupKey>()
  readonly #knownKeys = new Map<string, KnownKeys>()

  constructor(owner: { readonly phone: string; readonly lidUser: string | undefined }, number: number) {
    this.number = number
    this.#owner = owner
    this.pn = `${owner.phone}${this.#suffix}@${SERVER}`
  }

  get lid(): string | undefined {
    const { lidUser } = this.#owner
    return lidUser === undefined ? undefined : `${lidUser}${this.#suffix}@lid`
  }

  get #suffix(): string {
    return this.number === 0 ? '' : `:${this.number}`
  }

  /** The key for this group, made at its first use. */
  groupKey(groupId: string): GroupKey {
    const known = this.#groupKeys.get(groupId)
    if (known) return known
    const made = { key: new SenderKey(), recipients: new Set<LinkedDevice>() }
    this.#groupKeys.set(groupId, made)
    return made
  }

  /** Takes a new key for this group, as after a member has left. */
  dropGroupKey(groupId: string): void {
    this.#groupKeys.delete(groupId)
  }

  /** A client's keys for a group, as far as this device has received them. */
  keysOf(device: LinkedDevice, groupId: string): KnownKeys {
    const name = `${groupId}|${device.jid}`
    const known = this.#knownKeys.get(name) ?? new KnownKeys()
    this.#knownKeys.set(name, known)
    return known
  }

  /** Loses everything but the identity. Messages of `clients` in old sessions are not their fault. */
  forgetSessions(clients: readonly LinkedDevice[]): void {
    this.endpoint.forgetSessions()
    this.#loseKeys(clients)
  }

  /** Takes another identity, as after a new install. */
  reinstall(clients: readonly LinkedDevice[]): void {
    this.endpoint.reinstall()
    this.#loseKeys(clients)
    for (const client of clients) this.sessions.excuse(client)
  }

  #loseKeys(clients: readonly LinkedDevice[]): void {
    this.#groupKeys.clear()
    this.#knownKeys.clear()
    for (const client of clients) this.forgotten.add(client)
  }
}
