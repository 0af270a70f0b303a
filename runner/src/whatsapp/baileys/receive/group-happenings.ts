import {
  areJidsSameUser,
  getAllBinaryNodeChildren,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  getBinaryNodeChildString,
  type BinaryNode,
} from '@whiskeysockets/baileys'
import type { GroupChanges, GroupMember, Happening } from '../../happening.ts'
import { nameOf, type Reader } from './reader.ts'

type Knowing = Pick<Reader, 'me' | 'names' | 'now'>

/** Reads a notification about a group. What is not known here is told by WhatsApp's word for it. */
export function groupHappenings(stanza: BinaryNode, reader: Knowing): Happening[] {
  const { from = '', id = null, t, participant, participant_pn } = stanza.attrs
  const seconds = Number(t)
  const about = { id, atMs: Number.isFinite(seconds) ? seconds * 1000 : reader.now(), group: from }
  const by = participant === undefined ? null : nameOf(reader.names, participant, participant_pn).name
  return getAllBinaryNodeChildren(stanza).flatMap((child): Happening[] => {
    if (child.tag === 'create') return [{ ...about, type: 'group.join', facts: factsOf(child, reader) }]
    const change = MEMBERSHIP[child.tag]
    if (!change) return [{ ...about, type: 'group.update', by, changes: changesOf(child, reader) }]
    const participants = membersOf(child, reader, change === 'leave' ? 'left' : undefined)
    const told: Happening = { ...about, type: 'group.participants', change, by, participants }
    if (!getBinaryNodeChildren(child, 'participant').some((member) => isMe(member, reader))) return [told]
    if (change === 'join') return [{ ...about, type: 'group.join', facts: null }, told]
    return change === 'leave' ? [told, { ...about, type: 'group.leave' }] : [told]
  })
}

const MEMBERSHIP: Readonly<Record<string, 'join' | 'leave' | 'promote' | 'demote' | undefined>> = {
  add: 'join',
  remove: 'leave',
  leave: 'leave',
  promote: 'promote',
  demote: 'demote',
}

const isMe = ({ attrs }: BinaryNode, { me }: Knowing): boolean =>
  [attrs['jid'], attrs['phone_number'], attrs['lid']].some((jid) => areJidsSameUser(jid, me.id) || areJidsSameUser(jid, me.lid))

function factsOf(create: BinaryNode, reader: Knowing) {
  const group = getBinaryNodeChild(create, 'group')
  if (!group) return null
  const description = getBinaryNodeChild(group, 'description')
  const text = description && getBinaryNodeChildString(description, 'body')
  return {
    ...(group.attrs['subject'] === undefined ? {} : { subject: group.attrs['subject'] }),
    ...(text ? { description: text } : {}),
    membersCanSendMessages: !getBinaryNodeChild(group, 'announcement'),
    membersCanChangeInfo: !getBinaryNodeChild(group, 'locked'),
    membersCanAddNewMember: getBinaryNodeChildString(group, 'member_add_mode') === 'all_member_add',
    newMembersApprovalRequired: getBinaryNodeChild(group, 'membership_approval_mode') !== undefined,
    participants: membersOf(group, reader),
  }
}

function membersOf(parent: BinaryNode, { names }: Knowing, role?: 'left'): GroupMember[] {
  return getBinaryNodeChildren(parent, 'participant').flatMap(({ attrs }) => {
    const { jid, phone_number: phone, lid, type } = attrs
    if (jid === undefined) return []
    const { name, other } = nameOf(names, jid, phone)
    const admin = type === 'admin' || type === 'superadmin' ? type : 'participant'
    const known = lid ?? [name, other].find((one) => one?.endsWith('@lid')) ?? null
    return [{ id: name, lid: known, role: role ?? admin }]
  })
}

function changesOf(child: BinaryNode, { names }: Knowing): GroupChanges {
  const { tag, attrs } = child
  switch (tag) {
    case 'subject':
      return { subject: attrs['subject'] ?? '' }
    case 'description':
      return { description: getBinaryNodeChildString(child, 'body') ?? '' }
    case 'invite':
      return attrs['code'] === undefined ? { other: tag } : { invite: attrs['code'] }
    case 'announcement':
    case 'not_announcement':
      return { membersCanSendMessages: tag === 'not_announcement' }
    case 'locked':
    case 'unlocked':
      return { membersCanChangeInfo: tag === 'unlocked' }
    case 'member_add_mode':
      return { membersCanAddNewMember: textOf(child) === 'all_member_add' }
    case 'membership_approval_mode':
      return { newMembersApprovalRequired: getBinaryNodeChild(child, 'group_join')?.attrs['state'] === 'on' }
    case 'ephemeral':
    case 'not_ephemeral':
      return { disappearsAfter: tag === 'ephemeral' ? Number(attrs['expiration'] ?? 0) || 0 : 0 }
    case 'created_membership_requests':
    case 'revoked_membership_requests': {
      const asking = getAllBinaryNodeChildren(child).flatMap((one) => one.attrs['jid'] ?? [])
      const participants = asking.map((jid) => nameOf(names, jid).name)
      return { requests: { action: tag === 'created_membership_requests' ? 'created' : 'revoked', participants } }
    }
    default:
      return { other: tag }
  }
}

const textOf = ({ content }: BinaryNode): string =>
  content instanceof Uint8Array ? Buffer.from(content).toString() : typeof content === 'string' ? content : ''
