import type { GroupMetadata } from '@whiskeysockets/baileys'

/** A group of 1000 members takes about 100 KiB. */
const MAX_GROUPS = 50

/**
 * Keeps the members of the groups with the latest sent messages, as WhatsApp listed them for the last message. Baileys takes its
 * recipients from here. So it sends to exactly the checked members and does not query them a second time.
 */
export class GroupMembers {
  readonly #groups = new Map<string, GroupMetadata>()

  get(group: string): GroupMetadata | undefined {
    return this.#groups.get(group)
  }

  /** The JIDs of the members, with this account. Undefined when no message went to the group on this connection. */
  jidsOf(group: string): readonly string[] | undefined {
    return this.#groups.get(group)?.participants.map(({ id }) => id)
  }

  store(group: string, metadata: GroupMetadata): void {
    this.#groups.delete(group)
    this.#groups.set(group, metadata)
    const oldest = this.#groups.keys().next()
    if (this.#groups.size > MAX_GROUPS && !oldest.done) this.#groups.delete(oldest.value)
  }
}
