// Creation and changes of groups: members are notified, and after a member leaves all others take a new sender key.
import type { AddressingMode } from './addressing-mode.ts'
import { participantAttrs } from './addressing.ts'
import type { Group, Member } from './group.ts'
import { describeGroup, participantNode } from './group-queries.ts'
import { nameIn } from './names.ts'
import type { Services } from './services.ts'
import { timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import { clientsOf } from './account.ts'

export class GroupChanges {
  readonly #services: Services
  #notices = 0

  constructor(services: Services) {
    this.#services = services
  }

  /** Creates a group. The first member is its owner. */
  create(subject: string, addressing: AddressingMode, members: readonly [Member, ...Member[]], disappearsAfter = 0): Group {
    const group = this.#services.world.addGroup(subject, addressing, members)
    group.disappearsAfter = disappearsAfter
    const content = [describeGroup(group)]
    this.#tell(group, members, { tag: 'create', attrs: { type: 'new', key: group.id, reason: 'invite' }, content })
    return group
  }

  add(group: Group, members: readonly Member[], by: Member = group.owner): void {
    for (const member of members) group.add(member)
    this.#tell(group, group.members, this.#change('add', group, members), by)
  }

  remove(group: Group, members: readonly Member[], by: Member = group.owner): void {
    const before = group.members
    for (const member of members) group.remove(member)
    this.#tell(group, before, this.#change('remove', group, members), by)
    for (const { handsets } of before) for (const handset of handsets.values()) handset.dropGroupKey(group.id)
  }

  promote(group: Group, members: readonly Member[], by: Member = group.owner): void {
    for (const member of members) group.promote(member)
    this.#tell(group, group.members, this.#change('promote', group, members), by)
  }

  demote(group: Group, members: readonly Member[], by: Member = group.owner): void {
    for (const member of members) group.demote(member)
    this.#tell(group, group.members, this.#change('demote', group, members), by)
  }

  rename(group: Group, subject: string, by: Member = group.owner): void {
    group.subject = subject
    const attrs = { subject, s_t: timestamp(), s_o: nameIn(by, group.addressing) }
    this.#tell(group, group.members, { tag: 'subject', attrs }, by)
  }

  describe(group: Group, description: Group['description'], by: Member = group.owner): void {
    group.description = description
    const body = description ? [{ tag: 'body', attrs: {}, content: description.text }] : []
    const attrs = description ? { id: description.id } : { delete: 'true' }
    this.#tell(group, group.members, { tag: 'description', attrs, content: body }, by)
  }

  /** A setting that has a stanza for each of its states. */
  set(group: Group, setting: 'announcement' | 'not_announcement' | 'locked' | 'unlocked', by: Member = group.owner): void {
    if (setting === 'locked' || setting === 'unlocked') group.locked = setting === 'locked'
    else group.announce = setting === 'announcement'
    this.#tell(group, group.members, { tag: setting, attrs: {} }, by)
  }

  #change(tag: 'add' | 'remove' | 'promote' | 'demote', group: Group, members: readonly Member[]): Stanza {
    return { tag, attrs: {}, content: members.map((member) => participantNode(member, group.addressing)) }
  }

  #tell(group: Group, members: readonly Member[], change: Stanza, by: Member = group.owner): void {
    const id = `group-${++this.#notices}`
    const attrs = {
      from: group.id,
      type: 'w:gp2',
      id,
      t: timestamp(),
      ...participantAttrs(by, by, group.addressing),
    }
    for (const device of members.flatMap(clientsOf)) device.queue.put({ tag: 'notification', attrs, content: [change] })
  }
}
