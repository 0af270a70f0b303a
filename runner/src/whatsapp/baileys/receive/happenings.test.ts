import { EventEmitter } from 'node:events'
import type { BinaryNode, WASocket } from '@whiskeysockets/baileys'
import { describe, expect, test } from 'vitest'
import { DeviceUnderTest } from '../testing/device-under-test.ts'
import { happeningsIn, watchAppState } from './happenings.ts'

const ME = '5511900000001@s.whatsapp.net'
const BOB = '5511900000002@s.whatsapp.net'
const GROUP = '120363000000000001@g.us'

const { reader } = new DeviceUnderTest()

const told = (stanza: BinaryNode) => happeningsIn(stanza, reader)

const notice = (...content: BinaryNode[]): BinaryNode => ({
  tag: 'notification',
  attrs: { id: 'N1', type: 'w:gp2', from: GROUP, t: '1700000000', participant: '77@lid', participant_pn: BOB },
  content,
})

const node = (tag: string, attrs: Record<string, string> = {}, content?: BinaryNode['content']): BinaryNode => ({
  tag,
  attrs,
  ...(content === undefined ? {} : { content }),
})

const member = (jid: string, more: Record<string, string> = {}): BinaryNode => node('participant', { jid, ...more })

describe('a notification about a group', () => {
  const about = { id: 'N1', atMs: 1_700_000_000_000, group: GROUP }

  test('describes a group that this account is in from now on', () => {
    const group = node('group', { id: '120363000000000001', subject: 'Friends' }, [
      node('announcement'),
      node('member_add_mode', {}, 'all_member_add'),
      member(BOB, { type: 'superadmin' }),
      member('77@lid', { phone_number: ME }),
    ])
    expect(told(notice(node('create', {}, [group])))).toMatchObject([
      {
        ...about,
        type: 'group.join',
        facts: {
          subject: 'Friends',
          membersCanSendMessages: false,
          membersCanAddNewMember: true,
          participants: [
            { id: BOB, role: 'superadmin' },
            { id: ME, lid: '77@lid', role: 'participant' },
          ],
        },
      },
    ])
  })

  test('names who came and who went, by number, and says so when it is this account', () => {
    expect(told(notice(node('add', {}, [member('78@lid', { phone_number: BOB })])))).toEqual([
      {
        ...about,
        type: 'group.participants',
        change: 'join',
        by: BOB,
        participants: [{ id: BOB, lid: '78@lid', role: 'participant' }],
      },
    ])
    expect(told(notice(node('remove', {}, [member(ME)])))).toMatchObject([
      { type: 'group.participants', change: 'leave', participants: [{ id: ME, role: 'left' }] },
      { type: 'group.leave' },
    ])
    expect(told(notice(node('add', {}, [member(ME)])))).toMatchObject([{ type: 'group.join', facts: null }, { change: 'join' }])
    expect(told(notice(node('promote', {}, [member(BOB, { type: 'admin' })])))).toMatchObject([
      { change: 'promote', participants: [{ role: 'admin' }] },
    ])
  })

  test.each<[BinaryNode, object]>([
    [node('subject', { subject: 'Family' }), { subject: 'Family' }],
    [node('description', {}, [node('body', {}, 'All of us')]), { description: 'All of us' }],
    [node('not_announcement'), { membersCanSendMessages: true }],
    [node('locked'), { membersCanChangeInfo: false }],
    [node('member_add_mode', {}, 'admin_add'), { membersCanAddNewMember: false }],
    [node('membership_approval_mode', {}, [node('group_join', { state: 'on' })]), { newMembersApprovalRequired: true }],
    [node('ephemeral', { expiration: '86400' }), { disappearsAfter: 86_400 }],
    [node('invite', { code: 'AbC' }), { invite: 'AbC' }],
    [
      node('created_membership_requests', {}, [node('requested_user', { jid: BOB })]),
      { requests: { action: 'created', participants: [BOB] } },
    ],
    [node('of_a_later_version'), { other: 'of_a_later_version' }],
  ])('tells what changed: %o', (child, changes) => {
    expect(told(notice(child))).toEqual([{ ...about, type: 'group.update', by: BOB, changes }])
  })
})

describe('a call', () => {
  const call = (child: BinaryNode): BinaryNode => node('call', { from: BOB, id: 'S1', t: '1700000000' }, [child])

  test('is received, taken, refused or over', () => {
    const attrs = { 'call-id': 'C1', 'call-creator': '77@lid', caller_pn: BOB }
    expect(told(call(node('offer', attrs, [node('video')])))).toEqual([
      { type: 'call.received', id: 'S1', atMs: 1_700_000_000_000, call: 'C1', from: BOB, isVideo: true, isGroup: false },
    ])
    const types = ['accept', 'reject', 'terminate'].flatMap((tag) => told(call(node(tag, attrs))).map(({ type }) => type))
    expect(types).toEqual(['call.accepted', 'call.rejected', 'call.ended'])
  })

  test('tells nothing of its way', () => {
    expect(told(call(node('relaylatency', { 'call-id': 'C1' })))).toEqual([])
    expect(told(node('call', { from: BOB, id: 'S1' }))).toEqual([])
  })
})

describe('a presence', () => {
  test.each<[BinaryNode, object]>([
    [node('presence', { from: BOB }), { presence: 'online', lastSeen: null }],
    [node('presence', { from: BOB, type: 'unavailable', last: '1700000000' }), { presence: 'offline', lastSeen: 1_700_000_000 }],
    [node('presence', { from: BOB, type: 'unavailable', last: 'deny' }), { presence: 'offline', lastSeen: null }],
    [node('chatstate', { from: BOB }, [node('composing')]), { presence: 'typing', participant: BOB }],
    [
      node('chatstate', { from: GROUP, participant: BOB }, [node('composing', { media: 'audio' })]),
      { chat: GROUP, presence: 'recording' },
    ],
    [node('chatstate', { from: BOB }, [node('paused')]), { presence: 'paused' }],
  ])('is told: %o', (stanza, expected) => {
    expect(told(stanza)).toMatchObject([{ type: 'presence.update', ...expected }])
  })
})

describe('what the phone changes in the app state', () => {
  const ev = new EventEmitter()
  let isWhole = false
  let types: string[] = []
  watchAppState(
    ev as unknown as WASocket['ev'],
    reader,
    ({ type }) => types.push(type),
    () => isWhole,
  )

  const changes = (): string[] => {
    types = []
    ev.emit('chats.update', [{ id: BOB, archived: true }])
    ev.emit('labels.edit', { id: '1', name: 'Lead', color: 1, deleted: false })
    ev.emit('labels.association', { type: 'add', association: { type: 'label_jid', chatId: BOB, labelId: '1' } })
    return types
  }

  test('is told, and the whole of it is not: it was changed once', () => {
    expect(changes()).toEqual(['chat.archive', 'label.upsert', 'label.chat.added'])
    isWhole = true
    expect(changes()).toEqual([])
    isWhole = false
  })

  test('is not what Baileys says of a chat with each message', () => {
    isWhole = false
    types = []
    ev.emit('chats.update', [{ id: BOB, archived: false, readOnly: false, conversationTimestamp: 5 }])
    expect(types).toEqual([])
  })
})
