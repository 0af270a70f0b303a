import { expect } from 'vitest'
import { eventually } from '../../../support/engine-world.ts'
import { listWith, type Row } from '../rows.ts'
import { newNumber, type WahaWorld } from '../waha-world.ts'

/** Contacts, LIDs, presence and the profile. */

const DONE = { success: true }

const of = (waha: WahaWorld) => `?contactId=${waha.person}&session=default`

const contact = (waha: WahaWorld): object => ({
  id: waha.person,
  number: waha.chat.contact,
  name: null,
  pushname: 'Contact of default',
  shortName: null,
  isMe: false,
  isGroup: false,
  isWAContact: true,
  isMyContact: false,
  isBlocked: false,
})

const who = (waha: WahaWorld) => ({ body: { session: 'default', contactId: waha.person } })

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]).toString('base64')

let lid = ''

export const PEOPLE: readonly Row[] = [
  {
    route: 'GET /api/contacts/check-exists',
    ask: (waha) => ({ query: `?phone=${waha.chat.contact}&session=default` }),
    status: 200,
    answer: (waha) => ({ numberExists: true, chatId: waha.person }),
  },
  {
    route: 'GET /api/contacts/check-exists',
    of: 'of a number that is not on WhatsApp',
    ask: () => ({ query: `?phone=${newNumber()}&session=default` }),
    status: 200,
    answer: { numberExists: false },
    after: (_, { body }) => expect(body).not.toHaveProperty('chatId'),
  },
  {
    route: 'GET /api/contacts',
    ask: async (waha) => {
      await waha.shown(await waha.says({ conversation: 'It is me' }))
      await eventually(async () =>
        expect((await waha.ask('GET /api/contacts', { query: of(waha) })).body).toMatchObject({ pushname: 'Contact of default' }),
      )
      return { query: of(waha) }
    },
    status: 200,
    answer: contact,
  },
  {
    route: 'GET /api/contacts/all',
    ask: { query: '?session=default&limit=100&offset=0&sortBy=id&sortOrder=asc' },
    status: 200,
    answer: (waha) => listWith(contact(waha)),
  },
  { route: 'GET /api/contacts/about', ask: (waha) => ({ query: of(waha) }), status: 200, answer: { about: null } },
  {
    route: 'GET /api/contacts/profile-picture',
    ask: (waha) => ({ query: `${of(waha)}&refresh=false` }),
    status: 200,
    answer: { profilePictureURL: null },
  },
  { route: 'POST /api/contacts/block', ask: who, status: 201 },
  { route: 'POST /api/contacts/unblock', ask: who, status: 201 },
  { route: 'PUT /api/{s}/contacts/{c}', ask: { body: { firstName: 'John', lastName: 'Doe' } }, status: 200, answer: DONE },
  {
    route: 'GET /api/{s}/lids/pn/{number}',
    ask: (waha) => ({ path: { number: waha.person } }),
    status: 200,
    answer: (waha) => ({ lid: expect.stringMatching(/@lid$/), pn: waha.person }),
    after: (_, { body }) => {
      lid = body.lid
    },
  },
  { route: 'GET /api/{s}/lids/{lid}', ask: () => ({ path: { lid } }), status: 200, answer: (waha) => ({ lid, pn: waha.person }) },
  {
    route: 'GET /api/{s}/lids/{lid}',
    of: 'that nobody knows, without its suffix',
    ask: { path: { lid: '123123123' } },
    status: 200,
    answer: { lid: '123123123@lid', pn: null },
  },
  {
    route: 'GET /api/{s}/lids',
    ask: { query: '?limit=100&offset=0' },
    status: 200,
    answer: (waha) => expect.arrayContaining([{ lid, pn: waha.person }]),
  },
  { route: 'GET /api/{s}/lids/count', status: 200, answer: { count: expect.any(Number) } },
  {
    route: 'POST /api/{s}/presence',
    ask: (waha) => ({ body: { chatId: waha.person, presence: 'typing' } }),
    status: 201,
  },
  { route: 'POST /api/{s}/presence', of: 'that is global', ask: { body: { chatId: null, presence: 'online' } }, status: 201 },
  { route: 'POST /api/{s}/presence/{c}/subscribe', status: 201 },
  {
    route: 'GET /api/{s}/presence/{c}',
    status: 200,
    ask: async (waha) => {
      await waha.world.post(`/phones/${waha.chat.phone}/stanza`, {
        via: 'line',
        tag: 'presence',
        attrs: { from: `${waha.chat.contact}@s.whatsapp.net`, type: 'unavailable', last: '1790000000' },
      })
      await waha.told('presence.update', { id: waha.person })
      return {}
    },
    answer: (waha) => ({
      id: waha.person,
      presences: [{ participant: waha.person, lastKnownPresence: 'offline', lastSeen: 1_790_000_000 }],
    }),
    event: (waha) => [
      'presence.update',
      {
        id: waha.person,
        presences: [{ participant: waha.person, lastKnownPresence: 'offline', lastSeen: 1_790_000_000 }],
      },
    ],
  },
  {
    route: 'GET /api/{s}/presence',
    status: 200,
    answer: (waha) => listWith({ id: waha.person }),
  },
  { route: 'GET /api/{s}/profile', status: 200, answer: (waha) => ({ id: waha.me, name: expect.any(String), picture: null }) },
  { route: 'PUT /api/{s}/profile/name', ask: { body: { name: 'My New Name' } }, status: 200, answer: DONE },
  { route: 'PUT /api/{s}/profile/status', ask: { body: { status: '🎉 Hey there!' } }, status: 200, answer: DONE },
  {
    route: 'PUT /api/{s}/profile/picture',
    ask: { body: { file: { mimetype: 'image/jpeg', filename: 'filename.jpeg', data: JPEG } } },
    status: 200,
    answer: DONE,
  },
  { route: 'DELETE /api/{s}/profile/picture', status: 200, answer: DONE },
]
