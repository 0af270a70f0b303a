// One device of a person that the simulator plays: the phone itself (number 0), or a companion of it. Each has keys of its own.
import type { proto } from '@whiskeysockets/baileys'
import { Endpoint } from './endpoint.ts'
import type { LinkedDevice } from './linked-device.ts'
import { KnownKeys, SenderKey } from './sender-keys.ts'
import { SessionLedger } from './session-ledger.ts'
import { SERVER } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'

/** A message as its sender keeps it, to encrypt it again when asked. */
export type SentMessage = {
  message: proto.IMessage
  attrs: Record<string, string>
  /** Makes what is sent instead of the message, when that is meant to be wrong. */
  make?: (device: LinkedDevice) => Promise<Stanza[]>
}

/** The key with which a handset writes to a group, and which devices were told it. */
type GroupKey = { key: SenderKey; told: Set<LinkedDevice> }

export class Handset {
  readonly number: number
  readonly pn: string
  readonly lid: string
  readonly sent = new Map<string, SentMessage>()
  /** How often each message that could not be read was asked for again. */
  readonly asked = new Map<string, number>()
  /** Clients whose sessions this device lost by itself: what it cannot read of theirs is not their fault. */
  readonly forgotten = new Set<LinkedDevice>()
  readonly sessions = new SessionLedger()
  readonly endpoint = new Endpoint()
  readonly #groupKeys = new Map<string, GroupKey>()
  readonly #knownKeys = new Map<string, KnownKeys>()

  constructor(phone: string, lidUser: string, number: number) {
    this.number = number
    const device = number === 0 ? '' : `:${number}`
    this.pn = `${phone}${device}@${SERVER}`
    this.lid = `${lidUser}${device}@lid`
  }

  /** The key for this group, made when it is first needed. */
  groupKey(groupId: string): GroupKey {
    const known = this.#groupKeys.get(groupId)
    if (known) return known
    const made = { key: new SenderKey(), told: new Set<LinkedDevice>() }
    this.#groupKeys.set(groupId, made)
    return made
  }

  /** What comes next in this group comes with a new key, as after somebody has left it. */
  dropGroupKey(groupId: string): void {
    this.#groupKeys.delete(groupId)
  }

  /** The keys with which a client writes to a group, as far as this device was told. */
  keysOf(device: LinkedDevice, groupId: string): KnownKeys {
    const name = `${groupId}|${device.jid}`
    const known = this.#knownKeys.get(name) ?? new KnownKeys()
    this.#knownKeys.set(name, known)
    return known
  }

  /** As if its store was lost, but for its identity. What `clients` still send in old sessions is not their fault. */
  forgetSessions(clients: readonly LinkedDevice[]): void {
    this.endpoint.forgetSessions()
    this.#loseKeys(clients)
  }

  /** As after a new install: another identity. */
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
