import { jidDecode } from '@whiskeysockets/baileys'
import type { Clock } from '@holdfast/core/platform/ports'
import type { SessionState } from '../../port.ts'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { LidMap } from '../signal/lid-map.ts'

/**
 * The limits of the cache. A list expires after `afterMs`: the server queues notifications of changes for 30 days at most, and a
 * notification can be missed in ways that we do not know. Beyond `max` lists, the oldest list is dropped. Baileys queries a
 * missing list again.
 */
const { codec, prune } = STATE_KINDS['device-cache']

/**
 * Keeps the lists of the contacts' devices with the session's state. Without it each process start would query the lists anew,
 * and each answer makes new Signal sessions and takes one-time pre-keys of the contacts. WhatsApp sends a notification of each
 * change, so a list stays until a notification revokes it. The revocation is durable before the notification is acknowledged:
 * otherwise a crash could leave the contact's new device without messages.
 */
export class DeviceCache {
  readonly #state: SessionState
  readonly #names: LidMap
  readonly #clock: Clock
  /** Users whose list was revoked and not received since. The answer to a query from before the revocation is outdated. */
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
    // A crash may lose a first answer, since it is queried again. It may not lose a change of a known list.
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

  /** Drops the lists of these users, under every name that is known for them. The change is in the journal when this returns. */
  revoke(jids: readonly string[]): void {
    const users = jids.flatMap((jid) => this.#names.usersOf(jid))
    for (const user of users) this.#revoked.add(user)
    this.#forget(users)
  }

  /** Accepts new lists of these users: the server has just sent them. */
  accept(jids: readonly string[]): void {
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
