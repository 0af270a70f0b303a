import { expect } from 'vitest'
import { eventually } from '../../../support/engine-world.ts'
import { listWith, problem, type Row } from '../rows.ts'
import type { WahaWorld } from '../waha-world.ts'

/** Messages and chats. */

/** The bare ids of messages that the rows speak of. */
const ids = { theirs: '', ours: '' }

const theirs = (waha: WahaWorld) => `false_${waha.person}_${ids.theirs}`

const received = (waha: WahaWorld): object => ({
  id: theirs(waha),
  timestamp: expect.any(Number),
  from: waha.person,
  to: waha.me,
  fromMe: false,
  participant: null,
  body: 'A question',
  hasMedia: false,
  media: null,
  ack: expect.any(Number),
  ackName: expect.any(String),
  replyTo: null,
  location: null,
  vCards: [],
  _data: { pushName: 'Contact of default', notifyName: 'Contact of default', key: { id: ids.theirs }, type: expect.any(String) },
})

const CHAT = {
  id: expect.any(String),
  timestamp: expect.any(Number),
  unreadCount: expect.any(Number),
  isGroup: expect.any(Boolean),
}

const DONE = { success: true }

export const CHATS: readonly Row[] = [
  {
    route: 'GET /api/{s}/chats/{c}/messages/{m}',
    ask: async (waha) => {
      ids.theirs = await waha.says({ conversation: 'A question' })
      await waha.shown(ids.theirs)
      return { path: { m: theirs(waha) }, query: '?downloadMedia=true' }
    },
    status: 200,
    answer: received,
    event: (waha) => ['message', received(waha)],
  },
  {
    route: 'GET /api/{s}/chats/{c}/messages/{m}',
    of: 'by its bare id',
    ask: () => ({ path: { m: ids.theirs } }),
    status: 200,
    answer: received,
  },
  {
    route: 'GET /api/{s}/chats/{c}/messages',
    ask: { query: '?limit=100&offset=0&downloadMedia=false&sortBy=timestamp&sortOrder=desc' },
    status: 200,
    answer: (waha) => listWith(received(waha)),
  },
  {
    route: 'GET /api/{s}/chats/{c}/messages',
    of: 'of all chats, filtered',
    ask: {
      path: { c: 'all' },
      query: '?limit=100&filter.timestamp.gte=1&filter.timestamp.lte=4000000000&filter.fromMe=false&filter.ack=&merge=true',
    },
    status: 200,
    answer: (waha) => listWith({ id: theirs(waha) }),
  },
  {
    route: 'GET /api/messages',
    ask: (waha) => ({ query: `?session=default&chatId=${encodeURIComponent(waha.person)}&limit=100&downloadMedia=false` }),
    status: 200,
    answer: (waha) => listWith(received(waha)),
  },
  {
    route: 'GET /api/{s}/chats',
    ask: async (waha) => {
      await waha.inChats()
      return { query: '?limit=100&offset=0&sortBy=id&sortOrder=asc&merge=true' }
    },
    status: 200,
    answer: (waha) => listWith({ ...CHAT, id: waha.person, isGroup: false }),
  },
  {
    route: 'GET /api/{s}/chats/overview',
    ask: (waha) => ({ query: `?limit=20&offset=0&ids=${encodeURIComponent(waha.person)}&ids=${encodeURIComponent(waha.group)}` }),
    status: 200,
    after: (waha, { body }) => {
      expect(body).toHaveLength(2)
      expect(body).toContainEqual({
        id: waha.person,
        name: 'Contact of default',
        picture: null,
        lastMessage: expect.objectContaining({ from: waha.person, body: expect.any(String) }),
        _chat: expect.objectContaining({ ...CHAT, id: waha.person }),
      })
      expect(body).toContainEqual(expect.objectContaining({ id: waha.group }))
    },
  },
  {
    route: 'POST /api/{s}/chats/overview',
    ask: (waha) => ({ body: { pagination: { limit: 20, offset: 0 }, filter: { ids: [waha.person] } } }),
    status: 201,
    answer: (waha) => [{ id: waha.person, lastMessage: { from: waha.person, timestamp: expect.any(Number) } }],
  },
  {
    route: 'POST /api/sendSeen',
    ask: (waha) => ({ body: { session: 'default', chatId: waha.person, messageIds: [theirs(waha)], participant: null } }),
    status: 201,
  },
  {
    route: 'POST /api/sendSeen',
    of: 'in its older form',
    ask: (waha) => ({ body: { session: 'default', chatId: waha.person, messageId: theirs(waha), participant: '' } }),
    status: 201,
  },
  {
    route: 'POST /api/{s}/chats/{c}/messages/read',
    ask: { query: '?messages=30&days=7' },
    status: 201,
    answer: { ids: expect.any(Array) },
  },
  {
    route: 'POST /api/{s}/chats/{c}/messages/read',
    of: 'with a body',
    ask: { body: { messages: null, days: 7 } },
    status: 201,
    answer: { ids: expect.any(Array) },
  },
  {
    route: 'PUT /api/reaction',
    ask: (waha) => ({ body: { session: 'default', messageId: theirs(waha), reaction: '👍' } }),
    status: 200,
    after: async (waha) => waha.shown(ids.theirs, { reactions: [{ text: '👍' }] }),
  },
  {
    route: 'PUT /api/reaction',
    of: 'that removes one',
    ask: (waha) => ({ body: { session: 'default', messageId: theirs(waha), reaction: '' } }),
    status: 200,
  },
  {
    route: 'PUT /api/star',
    ask: (waha) => ({ body: { session: 'default', chatId: waha.person, messageId: theirs(waha), star: true } }),
    status: 200,
  },
  {
    route: 'POST /api/forwardMessage',
    ask: (waha) => ({ body: { session: 'default', chatId: waha.group, messageId: theirs(waha) } }),
    status: 201,
    answer: (waha) => ({ to: waha.group, fromMe: true }),
  },
  {
    route: 'PUT /api/{s}/chats/{c}/messages/{m}',
    ask: async (waha) => {
      const { body } = await waha.ask('POST /api/sendText', {
        body: { session: 'default', chatId: waha.person, text: 'Helo', reply_to: theirs(waha) },
      })
      ids.ours = body.id
      await waha.told('message.ack', { id: ids.ours, ack: 2 })
      await waha.shown(ids.ours, { body: 'Helo', replyTo: { id: ids.theirs, body: 'A question' } })
      return { path: { m: ids.ours }, body: { text: 'Hello', linkPreview: true, linkPreviewHighQuality: false } }
    },
    status: 200,
    after: (waha) => waha.shown(ids.ours, { body: 'Hello' }),
  },
  {
    route: 'POST /api/{s}/chats/{c}/messages/{m}/pin',
    ask: () => ({ path: { m: ids.ours }, body: { duration: 86_400 } }),
    status: 201,
    answer: DONE,
  },
  { route: 'POST /api/{s}/chats/{c}/messages/{m}/unpin', ask: () => ({ path: { m: ids.ours } }), status: 201, answer: DONE },
  {
    route: 'DELETE /api/{s}/chats/{c}/messages/{m}',
    ask: () => ({ path: { m: ids.ours } }),
    status: 200,
    after: (waha) => waha.shown(ids.ours, { body: '', revokedBy: waha.me }),
  },
  {
    route: 'GET /api/{s}/chats/{c}/picture',
    ask: { query: '?refresh=false' },
    status: 200,
    answer: { url: null },
  },
  { route: 'POST /api/{s}/chats/{c}/archive', status: 200, answer: DONE },
  { route: 'POST /api/{s}/chats/{c}/unarchive', status: 200, answer: DONE },
  { route: 'POST /api/{s}/chats/{c}/unread', status: 200 },
  { route: 'DELETE /api/{s}/chats/{c}/messages', status: 200 },
  {
    route: 'DELETE /api/{s}/chats/{c}',
    status: 200,
    after: (waha) =>
      eventually(async () => {
        const { body } = await waha.ask('GET /api/{s}/chats')
        expect(body.map(({ id }: { id: string }) => id)).not.toContain(waha.person)
      }),
  },
  {
    route: 'GET /api/{s}/chats',
    of: 'of no session',
    ask: { path: { s: 'nobody' } },
    status: 404,
    answer: problem(404),
  },
]
