import { jidDecode } from '@whiskeysockets/baileys'
import type { Clock } from '@holdfast/core/platform/ports'
import type { SessionState } from '../../port.ts'
import type { LidMap } from '../signal/lid-map.ts'

/** PERSISTED CONTRACT v1: kind `device-cache` of the state image, by user: `{ at, devices }`. Before, the bare list of devices. */
const KIND = 'device-cache'

interface Entry {
  /** When the server told it, ms. */
  readonly at: number
  /** As Baileys has them. */
  readonly devices: unknown
}

/**
 * The server tells of changes and queues that for a device that is away, but for 30 days at most, and a notification can be missed
 * in ways that we do not know. After this long the list is asked for again, which costs one pre-key of the contact.
 */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000

/** About 100 bytes each for somebody with one device. Beyond, those that were asked for first are asked for again. */
const MAX_USERS = 5000

/**
 * Which devices a contact has, kept with the session's state. Without it each process start asks anew, and each answer makes new
 * Signal sessions and takes one-time pre-keys of the contacts. WhatsApp tells of changes by notification, so the entries are kept
 * until they are revoked: that is durable before the notification is acknowledged, or the contact's new device would hear nothing.
 */
export class DeviceCache {
  readonly #state: SessionState
  readonly #names: LidMap
  readonly #clock: Clock
  /** Revoked, and not told anew since: what an earlier question brings is old already. */
  readonly #revoked = new Set<string>()

  constructor(options: { state: SessionState; names: LidMap; clock: Clock }) {
    this.#state = options.state
    this.#names = options.names
    this.#clock = options.clock
  }

  has(user: string): boolean {
    return this.#entry(user) !== null
  }

  get<T>(user: string): T | undefined {
    return (this.#entry(user)?.devices ?? undefined) as T | undefined
  }

  set<T>(user: string, devices: T): void {
    if (this.#revoked.has(user)) return
    const known = this.#state.image.get(KIND, user)
    const changes: Record<string, string | null> = { [user]: JSON.stringify({ at: this.#clock.now(), devices } satisfies Entry) }
    // A first answer may be forgotten: it is asked for again. What contradicts a known list may not.
    if (known !== undefined) return void this.#state.change({ keys: { [KIND]: changes } })
    const [oldest] = this.#state.image.entries(KIND)
    if (oldest && this.#state.image.count(KIND) >= MAX_USERS) changes[oldest[0]] = null
    this.#state.later({ [KIND]: changes })
  }

  del(user: string): void {
    this.#forget([user])
  }

  flushAll(): void {
    this.#forget([...this.#state.image.entries(KIND)].map(([user]) => user))
  }

  /** These have other devices now, by whatever name their list is kept. Part of the journal when this returns. */
  revoke(jids: readonly string[]): void {
    const users = jids.flatMap((jid) => this.#names.usersOf(jid))
    for (const user of users) this.#revoked.add(user)
    this.#forget(users)
  }

  /** The server has just told the devices of these. */
  told(jids: readonly string[]): void {
    for (const jid of jids) this.#revoked.delete(jidDecode(jid)?.user ?? '')
  }

  #forget(users: readonly string[]): void {
    const known = users.filter((user) => this.#state.image.get(KIND, user) !== undefined)
    if (known.length === 0) return
    this.#state.change({ keys: { [KIND]: Object.fromEntries(known.map((user) => [user, null])) } })
  }

  #entry(user: string): Entry | null {
    const encoded = this.#state.image.get(KIND, user)
    if (encoded === undefined) return null
    const stored = JSON.parse(encoded) as Partial<Entry>
    return typeof stored.at === 'number' && this.#clock.now() - stored.at < KEPT_MS
      ? { at: stored.at, devices: stored.devices }
      : null
  }
}
