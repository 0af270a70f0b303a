import type { ChangeKind } from '@holdfast/core/message/message-change'
import { describe, expect, test } from 'vitest'
import type { Happening } from '../../whatsapp/happening.ts'
import { messageEventOf } from '../inbox/message-event.ts'
import type { StoredMessage } from '../inbox/inbox-rows.ts'
import type { SessionEvent } from './session-event.ts'
import { webhookEventOf } from './webhook-event.ts'

const BOB = '5511900000002@s.whatsapp.net'
const GROUP = '120363000000000001@g.us'
const AT_MS = 1_700_000_000_000
const VIEW = { session: 'shop', publicUrl: 'https://api', me: { id: '5511900000001@s.whatsapp.net', lid: null } }

const told = (event: SessionEvent) => webhookEventOf(event, VIEW).map(({ event: name, payload }) => ({ name, payload }))

/** A message of Bob that changes our own message `M0`. */
function changing(kind: ChangeKind, more: Partial<StoredMessage> = {}): SessionEvent {
  const changes = { kind, document: 'd0', messageId: 'M0', chat: BOB, participant: null, fromMe: true, by: BOB }
  const message = {
    messageId: 'M1',
    chat: BOB,
    participant: null,
    fromMe: false,
    pushName: 'Bob',
    type: kind,
    text: null,
    proto: '',
  }
  return messageEventOf({ ...message, sentAtMs: AT_MS, changes, ...more }, 'd1')
}

describe('a webhook tells, in WAHA’s words,', () => {
  test.each<[string, SessionEvent, object]>([
    [
      'message.reaction',
      changing('reaction', { text: '👍' }),
      {
        id: 'false_5511900000002@c.us_M1',
        from: '5511900000002@c.us',
        to: '5511900000001@c.us',
        fromMe: false,
        participant: null,
        timestamp: 1_700_000_000,
        reaction: { text: '👍', messageId: 'true_5511900000002@c.us_M0' },
      },
    ],
    ['message.edited', changing('edited', { text: 'Better' }), { body: 'Better', editedMessageId: 'M0' }],
    [
      'message.revoked',
      changing('revoked'),
      { revokedMessageId: 'M0', after: { id: 'false_5511900000002@c.us_M1' }, before: null },
    ],
    [
      'poll.vote',
      changing('vote', { facts: { vote: ['Yes'] } }),
      {
        vote: { id: 'false_5511900000002@c.us_M1', selectedOptions: ['Yes'], timestamp: 1_700_000_000 },
        poll: { id: 'true_5511900000002@c.us_M0', fromMe: true },
      },
    ],
    ['poll.vote.failed', changing('vote', { facts: { vote: null } }), { vote: { selectedOptions: [] } }],
    [
      'event.response',
      changing('response', { facts: { response: { answer: 'GOING', extraGuests: 1 } } }),
      { eventCreationKey: { id: 'true_5511900000002@c.us_M0' }, eventResponse: { response: 'GOING', extraGuestCount: 1 } },
    ],
    ['event.response.failed', changing('response', { facts: { response: null } }), { eventResponse: null }],
  ])('%s', (name, event, payload) => expect(told(event)).toMatchObject([{ name, payload }]))

  test('message.ack of what the phone sent or a contact played', () => {
    const event = { type: 'message.acked', document: 'd1', messageId: 'M1', chat: BOB, ack: 4, at: new Date(AT_MS) } as const
    expect(told(event)).toMatchObject([
      { name: 'message.ack', payload: { id: 'true_5511900000002@c.us_M1', ack: 4, ackName: 'PLAYED', fromMe: true } },
    ])
    expect(told({ ...event, chat: GROUP })).toMatchObject([{ name: 'message.ack.group' }])
  })

  const about = { id: 'S1', atMs: AT_MS }
  const timestamp = 1_700_000_000
  test.each<[string, Happening, object]>([
    [
      'group.v2.join',
      {
        ...about,
        type: 'group.join',
        group: GROUP,
        facts: { subject: 'Friends', participants: [{ id: BOB, lid: null, role: 'admin' }] },
      },
      { group: { id: GROUP, subject: 'Friends', participants: [{ id: '5511900000002@c.us', role: 'admin' }] }, timestamp },
    ],
    ['group.v2.leave', { ...about, type: 'group.leave', group: GROUP }, { group: { id: GROUP }, timestamp }],
    [
      'group.v2.participants',
      {
        ...about,
        type: 'group.participants',
        group: GROUP,
        change: 'promote',
        by: null,
        participants: [{ id: BOB, lid: null, role: 'admin' }],
      },
      { type: 'promote', group: { id: GROUP }, participants: [{ id: '5511900000002@c.us', role: 'admin' }], timestamp },
    ],
    [
      'group.v2.update',
      { ...about, type: 'group.update', group: GROUP, by: null, changes: { subject: 'Family' } },
      { group: { id: GROUP, subject: 'Family' }, timestamp },
    ],
    [
      'call.received',
      { ...about, type: 'call.received', call: 'C1', from: BOB, isVideo: true, isGroup: false },
      { id: 'C1', from: '5511900000002@c.us', timestamp, isVideo: true, isGroup: false },
    ],
    [
      'presence.update',
      { ...about, type: 'presence.update', chat: BOB, participant: BOB, presence: 'typing', lastSeen: null },
      {
        id: '5511900000002@c.us',
        presences: [{ participant: '5511900000002@c.us', lastKnownPresence: 'typing', lastSeen: null }],
      },
    ],
    [
      'chat.archive',
      { ...about, type: 'chat.archive', chat: BOB, archived: true },
      { id: '5511900000002@c.us', archived: true, timestamp },
    ],
    [
      'label.upsert',
      { ...about, type: 'label.upsert', label: { id: '1', name: 'New', color: 2 } },
      { id: '1', name: 'New', color: 2, colorHex: '#ffd429' },
    ],
    [
      'label.chat.added',
      { ...about, type: 'label.chat.added', label: '1', chat: BOB },
      { labelId: '1', chatId: '5511900000002@c.us' },
    ],
  ])('%s', (name, event, payload) => expect(told(event)).toMatchObject([{ name, payload }]))

  test('a message that is sent through the API as one of `message.any`, once', () => {
    const message = {
      messageId: 'M2',
      chat: BOB,
      participant: null,
      fromMe: true,
      pushName: null,
      type: 'text',
      text: 'Hi',
      proto: '',
      sentAtMs: AT_MS,
    }
    const sending = {
      type: 'message.status' as const,
      job: 'j',
      messageId: 'M2',
      at: new Date(AT_MS),
      status: 'processing' as const,
      attempt: 1,
    }
    const attempt = { ...sending, lastError: null, proto: Buffer.of(1) }
    expect(told({ ...attempt, stored: { document: 'd2', message } })).toMatchObject([
      { name: 'message.any', payload: { id: 'true_5511900000002@c.us_M2', source: 'api', fromMe: true, body: 'Hi', ack: 0 } },
    ])
    expect(told(attempt)).toEqual([])
  })

  test('where the bytes of a medium will be', () => {
    const media = { mimetype: 'image/jpeg', filename: null, bytes: 3, seconds: null }
    const picture = {
      messageId: 'M3',
      chat: BOB,
      participant: null,
      fromMe: false,
      pushName: 'Bob',
      type: 'image',
      text: null,
      proto: '',
    }
    expect(told(messageEventOf({ ...picture, sentAtMs: AT_MS, facts: { media } }, 'd3'))).toMatchObject([
      {
        name: 'message',
        payload: { hasMedia: true, media: { url: 'https://api/api/files/shop/d3.jpeg', mimetype: 'image/jpeg' } },
      },
      { name: 'message.any' },
    ])
  })

  test('nothing of what came with the history of the phone', () => {
    const event = changing('reaction', { text: '👍' })
    expect(told({ ...event, fromHistory: true } as SessionEvent)).toEqual([])
  })

  test('a time that WhatsApp cannot mean as the nearest possible one', () => {
    const leave: Happening = { id: null, atMs: Number.MAX_VALUE, type: 'group.leave', group: GROUP }
    expect(webhookEventOf(leave, VIEW)[0]?.at.getUTCFullYear()).toBe(9999)
  })
})
