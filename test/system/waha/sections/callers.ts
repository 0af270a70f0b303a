import { expect } from 'vitest'
import { listWith, problem, type Row } from '../rows.ts'
import type { Ask, WahaWorld } from '../waha-world.ts'

/** Requests as public programs make them, read from their source: the repository, the commit, and the values that their forms hold. */

const N8N = 'n8n node, devlikeapro/n8n-nodes-waha 7af28593'
const TUI = 'muhammedaksam/waha-tui 000b50c8'
const OPENCLAW = 'omernesh/openclaw-waha-plugin 0fd77531'
const WEB = 'Iskandeur/waha-web-client 0072b63b'
const HOME = 'Home Assistant, wize1/ha-waha ed247b21'
const BOT = 'zluffyhz/whatsapp-ai-chatbot 7e103c19'
const PHP = 'nurisakbar/waha-api 35721a92'

/** The id that the forms of n8n hold as an example. */
const EXAMPLE = 'false_11111111111@c.us_AAAAAAAAAAAAAAAAAAAA'

const JSON_TYPE = { 'Content-Type': 'application/json' }

const to = (waha: WahaWorld) => ({ session: 'default', chatId: waha.person })

const body =
  (more: object) =>
  (waha: WahaWorld): Ask => ({ body: { ...to(waha), ...more } })

const query = (fields: Readonly<Record<string, string>>): string => `?${new URLSearchParams(fields).toString()}`

const accepted = { id: expect.any(String), timestamp: expect.any(Number), key: { id: expect.any(String) }, status: 'PENDING' }

const delivered = (_: WahaWorld, answer: { body: { id: string } }) => ['message.ack', { id: answer.body.id, ack: 2 }] as const

let said = ''

export const CALLERS: readonly Row[] = [
  {
    route: 'GET /api/{s}/chats',
    of: N8N,
    ask: async (waha) => {
      said = `false_${waha.person}_${await waha.says({ conversation: 'From a client' })}`
      await waha.shown(said)
      await waha.inChats()
      return { query: query({ sortBy: 'conversationTimestamp', sortOrder: 'desc', limit: '0', offset: '0' }) }
    },
    status: 200,
    answer: (waha) => listWith({ id: waha.person }),
  },
  {
    route: 'GET /api/{s}/chats/overview',
    of: N8N,
    ask: { query: query({ limit: '20', offset: '0', ids: '[\n  "111111111@c.us"\n]' }) },
    status: 200,
    answer: [],
  },
  {
    route: 'POST /api/{s}/chats/overview',
    of: N8N,
    ask: { body: { pagination: { limit: 20 }, filter: { ids: ['111111111@c.us'] } } },
    status: 201,
    answer: [],
  },
  {
    route: 'GET /api/{s}/chats/{c}/messages',
    of: N8N,
    ask: {
      query: query({
        sortBy: 'timestamp',
        sortOrder: 'desc',
        downloadMedia: 'false',
        limit: '10',
        offset: '0',
        'filter.timestamp.lte': '0',
        'filter.timestamp.gte': '0',
        'filter.fromMe': 'true',
        'filter.ack': 'ERROR',
      }),
    },
    status: 200,
    answer: [],
  },
  {
    route: 'POST /api/sendSeen',
    of: N8N,
    ask: (waha) => ({ body: { ...to(waha), messageId: said, messageIds: [EXAMPLE], participant: '11111111111@c.us' } }),
    status: 201,
    after: (_, answer) => expect(answer.body).toEqual({ ids: [said] }),
  },
  {
    route: 'POST /api/sendVoice',
    of: N8N,
    ask: (waha) => ({
      body: {
        ...to(waha),
        file: { mimetype: 'audio/ogg; codecs=opus', url: waha.hosted('v.opus') },
        reply_to: '',
        convert: true,
      },
    }),
    status: 201,
    answer: accepted,
    event: delivered,
  },
  {
    route: 'POST /api/sendVideo',
    of: N8N,
    ask: (waha) => ({
      body: {
        ...to(waha),
        file: { mimetype: 'video/mp4', filename: 'video.mp4', url: waha.hosted('video.mp4') },
        reply_to: '',
        asNote: false,
        convert: true,
        caption: 'Just watch at this!',
      },
    }),
    status: 201,
    answer: { ...accepted, body: 'Just watch at this!' },
    event: delivered,
  },
  {
    route: 'POST /api/send/link-custom-preview',
    of: N8N,
    ask: (waha) => ({
      body: {
        ...to(waha),
        text: 'Check this out! https://github.com/',
        reply_to: '',
        linkPreviewHighQuality: true,
        preview: {
          image: { url: waha.hosted('waha.jpg') },
          url: 'https://github.com/',
          title: 'Your Title',
          description: 'Check this out, amazing!',
        },
      },
    }),
    status: 201,
    answer: accepted,
    event: delivered,
  },
  {
    route: 'POST /api/sendPollVote',
    of: N8N,
    ask: body({ pollMessageId: EXAMPLE, pollServerId: null, votes: ['Awesome!'] }),
    status: 404,
    answer: problem(404),
  },
  {
    route: 'POST /api/{s}/status/text',
    of: N8N,
    ask: (waha) => ({
      body: {
        id: 'BBBBBBBBBBBBBBBBB',
        contacts: [waha.person],
        text: 'Have a look! https://github.com/',
        backgroundColor: '#38b42f',
        font: 0,
      },
    }),
    status: 201,
    answer: { id: 'true_status@broadcast_BBBBBBBBBBBBBBBBB' },
  },
  {
    route: 'GET /api/{s}/chats/{c}/messages',
    of: TUI,
    ask: { query: query({ limit: '50', downloadMedia: 'false', sortBy: 'messageTimestamp', sortOrder: 'desc' }) },
    status: 200,
    answer: () => listWith({ id: said, body: 'From a client' }),
  },
  {
    route: 'GET /api/contacts/all',
    of: TUI,
    ask: { query: query({ session: 'default', limit: '10000', sortBy: 'name' }) },
    status: 200,
    answer: (waha) => listWith({ id: waha.person, pushname: 'Contact of default' }),
  },
  {
    route: 'GET /api/{s}/chats/overview',
    of: TUI,
    ask: { query: '?limit=1000' },
    status: 200,
    answer: (waha) => listWith({ id: waha.person }),
  },
  {
    route: 'GET /api/{s}/lids',
    of: TUI,
    ask: { query: '?limit=5000' },
    status: 200,
    answer: (waha) => listWith({ pn: waha.person }),
  },
  {
    route: 'POST /api/sendImage',
    of: OPENCLAW,
    ask: (waha) => ({ body: { chatId: waha.person, file: { url: waha.hosted('400/300') }, session: 'default' } }),
    status: 201,
    answer: { ...accepted, hasMedia: true },
    event: delivered,
  },
  { route: 'POST /api/sendSeen', of: OPENCLAW, ask: body({}), status: 201, answer: { ids: expect.any(Array) } },
  {
    route: 'POST /api/{s}/chats/{c}/messages/read',
    of: WEB,
    ask: { body: {} },
    status: 201,
    answer: { ids: expect.any(Array) },
  },
  {
    route: 'POST /api/{s}/presence/{c}/subscribe',
    of: WEB,
    ask: { body: {} },
    status: 201,
  },
  {
    route: 'GET /api/{s}/chats/{c}/messages',
    of: `${WEB}, with a type of no body`,
    ask: { query: '?limit=100', headers: JSON_TYPE },
    status: 200,
    answer: () => listWith({ id: said }),
  },
  {
    route: 'DELETE /api/{s}/chats/{c}/messages',
    of: `${WEB}, with a type of no body`,
    ask: { headers: JSON_TYPE },
    status: 200,
  },
  {
    route: 'POST /api/sendText',
    of: HOME,
    ask: body({ text: 'The washing is done' }),
    status: 201,
    answer: accepted,
    event: delivered,
  },
  { route: 'POST /api/startTyping', of: BOT, ask: body({}), status: 201 },
  {
    route: 'POST /api/sessions/start',
    of: PHP,
    ask: (waha) => ({
      body: {
        name: 'waha-api',
        config: {
          engine: 'GOWS',
          webhooks: [{ url: waha.receiver.url('waha-api'), events: ['message', 'message.any', 'message.ack', 'session.status'] }],
        },
      },
    }),
    status: 201,
    answer: { name: 'waha-api', config: { engine: 'GOWS' } },
    after: async (waha) => {
      await waha.ask('DELETE /api/sessions/{s}', { path: { s: 'waha-api' } })
    },
  },
]
