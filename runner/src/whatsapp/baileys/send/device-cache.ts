import { jidDecode } from '@whiskeysockets/baileys'
import type { Clock } from '@holdfast/core/platform/ports'
import type { SessionState } from '../../session-state.ts'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { LidMap } from '../signal/lid-map.ts'
import type { ListedDevices } from './device-notices.ts'

/**
 * The limits of the cache. A list expires after `afterMs`: the server queues notifications of changes for 30 days at most, and a
 * notification can be missed in ways that we do not know. Beyond `max` lists, the oldest list is dropped. Baileys queries a
 * missing list again.
 */
const { codec, prune } = STATE_KINDS['device-cache']

/** The life of an empty list. If the server was wrong, our own phone lacks the messages that we send. */
const EMPTY_AFTER_MS = 24 * 60 * 60 * 1000

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

  /**
   * Accepts new lists of these users, which the server has just sent. Baileys stores them, except for an empty list, which it would
   * query again with each message. An empty list of our own devices is stored here. For a contact it is an error, and queried again.
   */
  listed(lists: readonly ListedDevices[], me: Me | undefined): void {
    for (const { jid, numbers } of lists) {
      const user = jidDecode(jid)?.user ?? ''
      this.#revoked.delete(user)
      if (numbers !== undefined && isOwnEmptyList(user, numbers, me)) this.set(user, [])
    }
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
    if (Array.isArray(stored)) return null
    const lifeMs = Array.isArray(stored.devices) && stored.devices.length === 0 ? EMPTY_AFTER_MS : prune.afterMs
    return this.#clock.now() - stored.at < lifeMs ? stored : null
  }
}

interface Me {
  readonly id: string
  readonly lid?: string | undefined
}

/** True when Baileys finds no device in a list of our own. By number, it does not count the device that sends. */
function isOwnEmptyList(user: string, numbers: readonly number[], me: Me | undefined): boolean {
  const own = jidDecode(me?.id)
  if (own?.user === user) return numbers.every((number) => number === own.device)
  return numbers.length === 0 && jidDecode(me?.lid)?.user === user
}
