// Creation and changes of groups: members are notified, and after a member leaves all others take a new sender key.
import type { AddressingMode } from './addressing-mode.ts'
import { participantAttrs } from './addressing.ts'
import type { Group, Member } from './group.ts'
import { describeGroup, participantNode } from './group-queries.ts'
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
  create(subject: string, addressing: AddressingMode, members: readonly [Member, ...Member[]]): Group {
    const group = this.#services.world.addGroup(subject, addressing, members)
    const content = [describeGroup(group)]
    this.#tell(group, members, { tag: 'create', attrs: { type: 'new', key: group.id, reason: 'invite' }, content })
    return group
  }

  add(group: Group, members: readonly Member[]): void {
    for (const member of members) group.add(member)
    this.#tell(group, group.members, this.#change('add', group, members))
  }

  remove(group: Group, members: readonly Member[]): void {
    const before = group.members
    for (const member of members) group.remove(member)
    this.#tell(group, before, this.#change('remove', group, members))
    for (const { handsets } of before) for (const handset of handsets.values()) handset.dropGroupKey(group.id)
  }

  #change(tag: 'add' | 'remove', group: Group, members: readonly Member[]): Stanza {
    return { tag, attrs: {}, content: members.map((member) => participantNode(member, group.addressing)) }
  }

  #tell(group: Group, members: readonly Member[], change: Stanza): void {
    const id = `group-${++this.#notices}`
    const attrs = {
      from: group.id,
      type: 'w:gp2',
      id,
      t: timestamp(),
      ...participantAttrs(group.owner, group.owner, group.addressing),
    }
    for (const device of members.flatMap(clientsOf)) device.queue.put({ tag: 'notification', attrs, content: [change] })
  }
}
