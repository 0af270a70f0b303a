import { jidDecode } from '@whiskeysockets/baileys'
import type { Clock } from '@holdfast/core/platform/ports'
import type { SessionState } from '../../port.ts'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { LidMap } from '../signal/lid-map.ts'

/**
 * The server tells of changes and queues that for a device that is away, but for 30 days at most, and a notification can be missed
 * in ways that we do not know. After `afterMs` the list is asked for again. Beyond `max`, those that were asked for first are.
 */
const { codec, prune } = STATE_KINDS['device-cache']

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
    const known = this.#state.image.get('device-cache', user)
    const changes: Record<string, string | null> = { [user]: codec.encode({ at: this.#clock.now(), devices }) }
    // A first answer may be forgotten: it is asked for again. What contradicts a known list may not.
    if (known !== undefined) return void this.#state.change({ keys: { 'device-cache': changes } })
    const [oldest] = this.#state.image.entries('device-cache')
    if (oldest && this.#state.image.count('device-cache') >= prune.max) changes[oldest[0]] = null
    this.#state.later({ 'device-cache': changes })
  }

  del(user: string): void {
    this.#forget([user])
  }

  flushAll(): void {
    this.#forget([...this.#state.image.entries('device-cache')].map(([user]) => user))
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
    const known = users.filter((user) => this.#state.image.get('device-cache', user) !== undefined)
    if (known.length === 0) return
    this.#state.change({ keys: { 'device-cache': Object.fromEntries(known.map((user) => [user, null])) } })
  }

  #entry(user: string): { devices: unknown } | null {
    const encoded = this.#state.image.get('device-cache', user)
    if (encoded === undefined) return null
    const stored = codec.decode(encoded)
    return !Array.isArray(stored) && this.#clock.now() - stored.at < prune.afterMs ? stored : null
  }
}
