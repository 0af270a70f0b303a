import { chatIdOf } from '@holdfast/core/message/chat-id'
import { labelAnswer } from '@holdfast/core/message/label-colors'
import type { GroupJoined, GroupMember, Happening } from '../../whatsapp/happening.ts'
import { possibleMs, type WebhookEvent } from '@holdfast/core/session/webhook-told'

/** What webhooks say of what happens in chats beside messages. */
export function happeningEventOf(happening: Happening): readonly WebhookEvent[] {
  const ms = possibleMs(happening.atMs)
  const told = tell(happening, Math.floor(ms / 1000))
  if (!told) return []
  const { event, chat, payload, key } = told
  const id = happening.id === null ? [String(ms), ...key] : [happening.id, ...key]
  return [{ event, payload, chat, at: new Date(ms), key: id, isSecret: true }]
}

interface Told {
  readonly event: string
  readonly chat: string | null
  readonly payload: object
  /** What tells it apart from others of the same stanza and time. */
  readonly key: readonly string[]
}

function tell(happening: Happening, timestamp: number): Told | null {
  switch (happening.type) {
    case 'group.join': {
      const { group, facts } = happening
      return {
        event: 'group.v2.join',
        chat: group,
        payload: { group: groupOf(group, facts), timestamp, _data: {} },
        key: [group],
      }
    }
    case 'group.leave': {
      const { group } = happening
      return { event: 'group.v2.leave', chat: group, payload: { group: { id: group }, timestamp, _data: {} }, key: [group] }
    }
    case 'group.participants': {
      const { group, change, participants } = happening
      const payload = { type: change, group: { id: group }, participants: participants.map(memberOf), timestamp, _data: {} }
      return { event: 'group.v2.participants', chat: group, payload, key: [group, change, ...participants.map(({ id }) => id)] }
    }
    case 'group.update': {
      const { group, changes } = happening
      return {
        event: 'group.v2.update',
        chat: group,
        payload: { group: { id: group, ...changes }, timestamp, _data: {} },
        // A notification may name several changes, each of another field.
        key: [group, ...Object.keys(changes)],
      }
    }
    case 'call.received':
    case 'call.accepted':
    case 'call.rejected': {
      const { type, call, from, isVideo, isGroup } = happening
      return {
        event: type,
        chat: from,
        payload: { id: call, from: chatIdOf(from), timestamp, isVideo, isGroup, _data: {} },
        key: [call],
      }
    }
    case 'call.ended':
      // WAHA has no such event.
      return null
    case 'presence.update': {
      const { chat, participant, presence, lastSeen } = happening
      const presences = [{ participant: chatIdOf(participant), lastKnownPresence: presence, lastSeen }]
      return { event: 'presence.update', chat, payload: { id: chatIdOf(chat), presences }, key: [chat, participant, presence] }
    }
    case 'chat.archive': {
      const { chat, archived } = happening
      return { event: 'chat.archive', chat, payload: { id: chatIdOf(chat), archived, timestamp }, key: [chat, String(archived)] }
    }
    case 'label.upsert':
    case 'label.deleted': {
      const { type, label } = happening
      return { event: type, chat: null, payload: labelAnswer(label), key: [label.id] }
    }
    case 'label.chat.added':
    case 'label.chat.deleted': {
      const { type, label, chat } = happening
      return { event: type, chat, payload: { labelId: label, chatId: chatIdOf(chat), label: null }, key: [label, chat] }
    }
  }
}

const memberOf = ({ id, role }: GroupMember) => ({ id: chatIdOf(id), role })

function groupOf(id: string, facts: GroupJoined['facts']) {
  return {
    id,
    subject: facts?.subject ?? null,
    description: facts?.description ?? null,
    invite: facts?.invite ?? null,
    membersCanAddNewMember: facts?.membersCanAddNewMember ?? null,
    membersCanSendMessages: facts?.membersCanSendMessages ?? null,
    newMembersApprovalRequired: facts?.newMembersApprovalRequired ?? null,
    participants: (facts?.participants ?? []).map(memberOf),
  }
}
