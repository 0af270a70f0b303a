import { isLidUser, isPnUser, jidNormalizedUser, type GroupMetadata } from '@whiskeysockets/baileys'
import type { Group } from '@holdfast/core/operations/group-document'
import { QuestionRefused, type Questions } from '../../questions.ts'
import { ask, type Asking } from './asking.ts'

type OfGroups = Pick<
  Questions,
  | 'groups'
  | 'group'
  | 'create-group'
  | 'change-participants'
  | 'change-group'
  | 'leave-group'
  | 'join-group'
  | 'invite-code'
  | 'revoke-invite'
>

/** Asks about groups, and changes them. */
export const groupQuestions = (asking: Asking): OfGroups => {
  const { socket } = asking
  return {
    groups: async () => {
      const found = await ask(asking, socket.groupFetchAllParticipating())
      return { groups: Object.values(found).map((group) => groupOf(group, asking)) }
    },
    group: async ({ group }) => ({ group: groupOf(await ask(asking, socket.groupMetadata(group)), asking) }),
    'create-group': async ({ subject, participants }) => {
      const made = await ask(asking, socket.groupCreate(subject, [...participants]))
      return { group: groupOf(made, asking) }
    },
    'change-participants': async ({ group, action, participants }) => {
      const results = await ask(asking, socket.groupParticipantsUpdate(group, [...participants], action))
      return { results: results.map(({ jid, status }) => ({ id: jid ?? '', status })).filter(({ id }) => id !== '') }
    },
    'change-group': async ({ group, subject, description, announce, restrict, memberAdd }) => {
      if (subject !== undefined) await ask(asking, socket.groupUpdateSubject(group, subject))
      if (description !== undefined) await ask(asking, socket.groupUpdateDescription(group, description))
      if (announce !== undefined)
        await ask(asking, socket.groupSettingUpdate(group, announce ? 'announcement' : 'not_announcement'))
      if (restrict !== undefined) await ask(asking, socket.groupSettingUpdate(group, restrict ? 'locked' : 'unlocked'))
      if (memberAdd !== undefined) await ask(asking, socket.groupMemberAddMode(group, memberAdd ? 'all_member_add' : 'admin_add'))
      return {}
    },
    'leave-group': async ({ group }) => {
      await ask(asking, socket.groupLeave(group))
      return {}
    },
    'join-group': async ({ code }) => {
      const group = await ask(asking, socket.groupAcceptInvite(code))
      if (!group) throw new QuestionRefused('unknown', 'WhatsApp knows no group with this invitation.')
      return { group }
    },
    'invite-code': async ({ group }) => ({ code: codeIn(await ask(asking, socket.groupInviteCode(group))) }),
    'revoke-invite': async ({ group }) => ({ code: codeIn(await ask(asking, socket.groupRevokeInvite(group))) }),
  }
}

function codeIn(code: string | undefined): string {
  if (code === undefined) throw new QuestionRefused('refused', 'WhatsApp gave no invitation to this group.')
  return code
}

const groupOf = (group: GroupMetadata, { names }: Pick<Asking, 'names'>): Group => ({
  id: group.id,
  subject: group.subject ?? '',
  description: group.desc ?? null,
  owner: group.ownerPn ?? group.owner ?? null,
  createdAt: group.creation && Number.isFinite(group.creation) ? group.creation : null,
  announce: group.announce ?? false,
  restrict: group.restrict ?? false,
  memberAdd: group.memberAddMode ?? false,
  joinApproval: group.joinApprovalMode ?? false,
  participants: group.participants.map(({ id, phoneNumber, lid, admin }) => ({
    id: jidNormalizedUser(id),
    phone: phoneNumber ?? (isPnUser(id) ? id : names.phoneOf(id)),
    lid: lid ?? (isLidUser(id) ? id : names.lidOf(id)),
    role: admin === 'admin' || admin === 'superadmin' ? admin : 'participant',
  })),
})
