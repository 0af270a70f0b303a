import { sealMessage } from '@holdfast/core/message/sealed-content'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { SessionCipher } from '@holdfast/core/security/envelope'
import { expect, test } from 'vitest'
import type { JournaledState } from '../journal/journaled-state.ts'
import { MessageAcks } from './message-acks.ts'

const CHAT = '5511900000002@s.whatsapp.net'
const cipher = new SessionCipher('default.shop', new Map([[1, Buffer.alloc(32, 1)]]), 1)

const stored = (id: string, fields: Record<string, unknown>): DocumentSnapshot =>
  ({
    id,
    path: `messages/${id}`,
    fields: {
      v: 1,
      messageId: 'M1',
      chat: CHAT,
      participant: null,
      fromMe: true,
      pushName: null,
      type: 'audio',
      content: Buffer.from('sealed'),
      sentAt: new Date(0),
      ...fields,
    },
  }) as unknown as DocumentSnapshot

const acks = (...found: DocumentSnapshot[]) =>
  new MessageAcks({
    sessionId: 'default.shop',
    cipher,
    documents: { query: async () => found },
    state: { journal: { whenShown: async () => {} } } as unknown as JournaledState,
    clock: systemClock,
  })

test('a receipt of a message that the phone sent tells how far it has come', async () => {
  expect(await acks(stored('d1', {})).eventsOf('M1', 'delivered')).toMatchObject([
    { type: 'message.acked', document: 'd1', messageId: 'M1', chat: CHAT, ack: 2 },
  ])
})

test('the chat of such a message is read from its content; one that does not open hides no other', async () => {
  const sealed = sealMessage(cipher, 'd2', { messageId: 'M1', chat: CHAT, participant: null, text: null, proto: '' })
  const damaged = stored('d1', { ...sealed, content: Buffer.from('damaged') })
  expect(await acks(damaged, stored('d2', sealed)).eventsOf('M1', 'delivered')).toMatchObject([
    { type: 'message.acked', document: 'd2', messageId: 'M1', chat: CHAT, ack: 2 },
  ])
})

test.each([
  ['is new', { ack: 3 }, [4]],
  ['is known', { ack: 4 }, []],
])('that a message was played comes after that it was read, and %s', async (_, fields, expected) => {
  const events = await acks(stored('d1', fields)).eventsOf('M1', 'played')
  expect(events.map((event) => 'ack' in event && event.ack)).toEqual(expected)
})

test('a receipt says nothing of the messages of others, nor of what only changes one', async () => {
  const changes = stored('d2', { content: undefined })
  expect(await acks(stored('d1', { fromMe: false }), changes).eventsOf('M1', 'read')).toEqual([])
})
