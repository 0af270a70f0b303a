// Questions of clients about groups (`w:g2`): the members of a group, and the groups of an account.
import { lidAttr, nameIn } from './names.ts'
import type { AddressingMode } from './addressing-mode.ts'
import type { Group, Member } from './group.ts'
import type { LinkedDevice } from './linked-device.ts'
import type { Stanza } from './stanzas.ts'
import type { Person } from './person.ts'

/** A member in metadata and notifications, with the other address beside it. */
export const participantNode = (person: Person, mode: AddressingMode, type?: string): Stanza => ({
  tag: 'participant',
  attrs: {
    jid: nameIn(person, mode),
    ...(mode === 'lid' ? { phone_number: person.pn } : lidAttr('lid', person)),
    ...(type === undefined ? {} : { type }),
  },
})

export const describeGroup = (group: Group): Stanza => {
  const { id, subject, owner, addressing, creation, members } = group
  const creator = nameIn(owner, addressing)
  return {
    tag: 'group',
    attrs: {
      id: id.replace('@g.us', ''),
      subject,
      addressing_mode: addressing,
      creation,
      creator,
      s_o: creator,
      s_t: creation,
      size: String(members.length),
      ...(addressing === 'lid' ? { creator_pn: owner.pn, s_o_pn: owner.pn } : {}),
    },
    content: [...settingsOf(group), ...members.map((member) => participantNode(member, addressing, roleOf(group, member)))],
  }
}

const roleOf = (group: Group, member: Member): string | undefined => {
  if (!group.isAdmin(member)) return undefined
  return member === group.owner ? 'superadmin' : 'admin'
}

const settingsOf = ({ description, announce, locked, disappearsAfter, memberAdd, creation }: Group): Stanza[] => [
  ...(description
    ? [
        {
          tag: 'description',
          attrs: { id: description.id, t: creation },
          content: [{ tag: 'body', attrs: {}, content: description.text }],
        },
      ]
    : []),
  ...(announce ? [{ tag: 'announcement', attrs: {} }] : []),
  ...(locked ? [{ tag: 'locked', attrs: {} }] : []),
  ...(disappearsAfter > 0 ? [{ tag: 'ephemeral', attrs: { expiration: String(disappearsAfter) } }] : []),
  { tag: 'member_add_mode', attrs: {}, content: memberAdd ? 'all_member_add' : 'admin_add' },
]

export const tellGroup = (asker: LinkedDevice, group: Group): Stanza => {
  asker.toldMembers.set(group.id, new Set(group.members.map(({ phone }) => phone)))
  return describeGroup(group)
}
