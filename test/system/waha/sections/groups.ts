import { expect } from 'vitest'
import { listWith, type Row } from '../rows.ts'
import type { WahaWorld } from '../waha-world.ts'

/** Groups. */

const somebody = (waha: WahaWorld) => ({ body: { participants: [{ id: `${waha.somebody}@c.us` }] } })

let code = ''

const SETTINGS = [
  ['info-admin-only', 'adminsOnly'],
  ['messages-admin-only', 'adminsOnly'],
  ['member-add-mode', 'membersCanAddNewMember'],
] as const

export const GROUPS: readonly Row[] = [
  {
    route: 'POST /api/{s}/groups',
    ask: (waha) => ({ body: { name: 'Group name', participants: [{ id: waha.person }] } }),
    status: 201,
    answer: (waha) => ({
      id: expect.stringMatching(/^\d+@g\.us$/),
      subject: 'Group name',
      participants: listWith({ id: waha.me, role: 'superadmin' }),
    }),
    event: (_, { body }) => ['group.v2.join', { group: { id: body.id, subject: 'Group name' }, timestamp: expect.any(Number) }],
    after: (waha, { body }) => {
      waha.group = body.id
    },
  },
  {
    route: 'GET /api/{s}/groups',
    ask: { query: '?sortBy=id&sortOrder=asc&limit=100&offset=0&exclude=' },
    status: 200,
    answer: (waha) =>
      expect.arrayContaining([
        expect.objectContaining({ id: waha.group, subject: 'Group name', participants: expect.any(Array) }),
      ]),
  },
  {
    route: 'GET /api/{s}/groups',
    of: 'without participants',
    ask: { query: '?exclude=participants' },
    status: 200,
    after: (_, { body }) => expect(body[0]).not.toHaveProperty('participants'),
  },
  { route: 'GET /api/{s}/groups/count', status: 200, answer: { count: 1 } },
  { route: 'POST /api/{s}/groups/refresh', status: 200 },
  {
    route: 'GET /api/{s}/groups/{g}',
    status: 200,
    answer: (waha) => ({ id: waha.group, subject: 'Group name', description: null }),
  },
  {
    route: 'POST /api/{s}/groups/{g}/participants/add',
    ask: somebody,
    status: 200,
    event: (waha) => [
      'group.v2.participants',
      {
        type: 'join',
        group: { id: waha.group },
        participants: [{ id: `${waha.somebody}@c.us`, role: 'participant' }],
        timestamp: expect.any(Number),
      },
    ],
  },
  {
    route: 'GET /api/{s}/groups/{g}/participants/v2',
    status: 200,
    answer: (waha) =>
      expect.arrayContaining([
        expect.objectContaining({ id: waha.me, pn: waha.me, role: 'superadmin' }),
        expect.objectContaining({ id: waha.person, role: 'participant' }),
      ]),
  },
  {
    route: 'POST /api/{s}/groups/{g}/admin/promote',
    ask: somebody,
    status: 200,
    event: (waha) => ['group.v2.participants', { type: 'promote', group: { id: waha.group } }],
  },
  {
    route: 'POST /api/{s}/groups/{g}/admin/demote',
    ask: somebody,
    status: 200,
    event: (waha) => ['group.v2.participants', { type: 'demote', group: { id: waha.group } }],
  },
  {
    route: 'POST /api/{s}/groups/{g}/participants/remove',
    ask: somebody,
    status: 200,
    event: (waha) => ['group.v2.participants', { type: 'leave', group: { id: waha.group } }],
  },
  {
    route: 'PUT /api/{s}/groups/{g}/subject',
    ask: { body: { subject: 'A new name' } },
    status: 200,
    event: (waha) => ['group.v2.update', { group: { id: waha.group, subject: 'A new name' } }],
  },
  { route: 'PUT /api/{s}/groups/{g}/description', ask: { body: { description: 'What we do' } }, status: 200 },
  ...SETTINGS.flatMap(([setting, key]): Row[] => [
    { route: `GET /api/{s}/groups/{g}/settings/security/${setting}`, status: 200, answer: { [key]: false } },
    { route: `PUT /api/{s}/groups/{g}/settings/security/${setting}`, ask: { body: { [key]: true } }, status: 200 },
    {
      route: `GET /api/{s}/groups/{g}/settings/security/${setting}`,
      of: 'afterwards',
      status: 200,
      answer: { [key]: true },
    },
  ]),
  {
    route: 'GET /api/{s}/groups/{g}/invite-code',
    status: 200,
    after: (_, { body }) => {
      code = body.toString()
      expect(code).not.toBe('')
    },
  },
  {
    route: 'POST /api/{s}/groups/join',
    of: 'by the whole link',
    ask: () => ({ body: { code: `https://chat.whatsapp.com/${code}` } }),
    status: 200,
    answer: (waha) => ({ id: waha.group }),
  },
  {
    route: 'POST /api/{s}/groups/{g}/invite-code/revoke',
    status: 200,
    after: (_, { body }) => expect(body.toString()).not.toBe(code),
  },
]

/** After all others, which need the group. */
export const LEAVING: readonly Row[] = [
  {
    route: 'POST /api/{s}/groups/{g}/leave',
    status: 200,
    event: (waha) => ['group.v2.leave', { group: { id: waha.group }, timestamp: expect.any(Number) }],
  },
]
