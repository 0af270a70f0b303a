import type { GroupMetadata } from '@whiskeysockets/baileys'

/** A group of 1000 members takes about 100 KiB. */
const MAX_GROUPS = 50

/**
 * The members of the groups that were written to last, as WhatsApp told them for the last message. Baileys takes its list of
 * recipients from here, so that it sends to exactly those that were checked, and does not ask a second time.
 */
export class GroupMembers {
  readonly #groups = new Map<string, GroupMetadata>()

  get(group: string): GroupMetadata | undefined {
    return this.#groups.get(group)
  }

  /** The JIDs of the members, this account among them; undefined when nothing was sent to the group on this connection. */
  jidsOf(group: string): readonly string[] | undefined {
    return this.#groups.get(group)?.participants.map(({ id }) => id)
  }

  told(group: string, metadata: GroupMetadata): void {
    this.#groups.delete(group)
    this.#groups.set(group, metadata)
    const oldest = this.#groups.keys().next()
    if (this.#groups.size > MAX_GROUPS && !oldest.done) this.#groups.delete(oldest.value)
  }
}
