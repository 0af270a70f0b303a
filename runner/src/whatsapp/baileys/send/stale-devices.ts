import { createHash } from 'node:crypto'
import { isLidUser, jidDecode } from '@whiskeysockets/baileys'
import type { DeviceCache } from './device-cache.ts'

interface Me {
  readonly id: string
  readonly lid?: string | undefined
}

interface CachedDevice {
  readonly user: string
  readonly server: string
  readonly device?: number | undefined
}

/** The limit of chats whose hashes differ although the lists are fresh. Beyond it, the hash is not the one that we compute. */
const MAX_UNCURED = 3

/**
 * Detects outdated device lists by the server's ack of a message. The ack may carry a hash of all devices that the message is
 * for, as the server knows them. WhatsApp's own clients compare it with their hash. When it differs, they query the devices anew
 * and send to the missed ones. It is unknown whether the real service sends the hash to a client that, like Baileys, sends none
 * itself. So the hash counts only as long as fresh device lists make the hashes agree.
 */
export class StaleDevices {
  readonly #devices: DeviceCache
  readonly #me: () => Me | undefined
  readonly #membersOf: (group: string) => readonly string[] | undefined
  /** By chat, the hash that the server sent again although the lists were fresh. */
  readonly #uncured = new Map<string, string>()
  /** By chat, the hash that has just made us drop the lists. */
  readonly #dropped = new Map<string, string>()

  constructor(
    devices: DeviceCache,
    whom: {
      me: () => Me | undefined
      /** The members, with this account. Undefined for a chat that is no group, and for a group that got no message. */
      membersOf: (group: string) => readonly string[] | undefined
    },
  ) {
    this.#devices = devices
    this.#me = whom.me
    this.#membersOf = whom.membersOf
  }

  /** True when the message must go out again. The lists of the chat are then dropped, so that they are queried anew. */
  dropIfStale(chat: string | undefined, hash: string | undefined): boolean {
    if (chat === undefined || hash === undefined || this.#uncured.size > MAX_UNCURED) return false
    if (this.#uncured.get(chat) === hash) return false
    if (hash === this.#hashFor(chat)) {
      this.#dropped.delete(chat)
      return false
    }
    if (this.#dropped.get(chat) === hash) {
      this.#dropped.delete(chat)
      this.#uncured.set(chat, hash)
      return false
    }
    this.#dropped.set(chat, hash)
    this.drop(chat)
    return true
  }

  /** Drops the device lists of the chat and our own, so that the next message queries them. Without a chat, only our own. */
  drop(chat?: string): void {
    const people = chat === undefined ? [] : this.#peopleIn(chat)
    this.#devices.revoke([...people, this.#me()?.id, this.#me()?.lid].filter((jid) => jid !== undefined))
  }

  #peopleIn(chat: string): readonly string[] {
    return this.#membersOf(chat) ?? [chat]
  }

  /** The hash of the devices that the next message to the chat would be for. Null when one of their lists is unknown. */
  #hashFor(chat: string): string | null {
    const me = this.#me()
    const people = this.#peopleIn(chat)
    const own = people.some((jid) => isLidUser(jid)) ? me?.lid : me?.id
    const users = [...new Set([...people, own].map((jid) => jidDecode(jid)?.user))]
    const lists = users.map((user) => (user === undefined ? undefined : this.#devices.get<CachedDevice[]>(user)))
    if (own === undefined || lists.includes(undefined)) return null
    const { user = '', server = '', device } = jidDecode(own) ?? {}
    const all = [...lists.flatMap((list) => list ?? []), { user, server, device: jidDecode(me?.id)?.device ?? device }]
    return participantHash(all)
  }
}

/** Hashes the sorted names of the devices. Each name spells out agent and device, also where they are 0. */
function participantHash(devices: readonly CachedDevice[]): string {
  const names = new Set(devices.map(({ user, server, device = 0 }) => `${user}.0:${device}@${server}`))
  const hash = createHash('sha256')
    .update([...names].sort().join(''))
    .digest()
  return `2:${hash.subarray(0, 6).toString('base64').replaceAll('=', '')}`
}
