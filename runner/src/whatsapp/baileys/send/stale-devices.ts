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

/** Chats for which one fresh list did not make the hashes agree. With more of them, the hash is not what we take it for. */
const MAX_UNCURED = 3

/**
 * The server's ack of a message may carry a hash of all devices that the message is for, as the server knows them (WhatsApp's own
 * clients compare it with theirs, ask for the devices anew when it differs, and send to those that were missed). Whether the real
 * service sends it to a client that, like Baileys, sends none itself was not seen: so it is believed only as long as a fresh list
 * of devices makes the hashes agree.
 */
export class StaleDevices {
  readonly #devices: DeviceCache
  readonly #me: () => Me | undefined
  readonly #membersOf: (group: string) => readonly string[] | undefined
  /** By chat, the hash that a message with a fresh list was answered with all the same. */
  readonly #uncured = new Map<string, string>()
  /** Chats whose list was just dropped because of this hash. */
  readonly #dropped = new Map<string, string>()

  constructor(
    devices: DeviceCache,
    whom: {
      me: () => Me | undefined
      /** This account among them; undefined for what is no group, or one that nothing was sent to. */
      membersOf: (group: string) => readonly string[] | undefined
    },
  ) {
    this.#devices = devices
    this.#me = whom.me
    this.#membersOf = whom.membersOf
  }

  /** True when the message has to go out again, to devices that are asked for anew. */
  areFor(chat: string | undefined, hash: string | undefined): boolean {
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

  /** The next message to the chat asks who its devices are, and which other devices we have. Without a chat: ours alone. */
  drop(chat?: string): void {
    const people = chat === undefined ? [] : this.#peopleIn(chat)
    this.#devices.revoke([...people, this.#me()?.id, this.#me()?.lid].filter((jid) => jid !== undefined))
  }

  #peopleIn(chat: string): readonly string[] {
    return this.#membersOf(chat) ?? [chat]
  }

  /** Of the devices that the next message to the chat would be for, as far as their lists are known; null when they are not. */
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

/** With agent and device spelt out, also where they are 0, and sorted. */
function participantHash(devices: readonly CachedDevice[]): string {
  const names = new Set(devices.map(({ user, server, device = 0 }) => `${user}.0:${device}@${server}`))
  const hash = createHash('sha256')
    .update([...names].sort().join(''))
    .digest()
  return `2:${hash.subarray(0, 6).toString('base64').replaceAll('=', '')}`
}
