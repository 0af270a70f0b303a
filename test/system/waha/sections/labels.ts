import { expect } from 'vitest'
import { eventually } from '../../../support/engine-world.ts'
import { listWith, type Row } from '../rows.ts'
import type { WahaWorld } from '../waha-world.ts'

/** Labels, with the fields that forms hold. */

const LOOK = { name: 'Lead', colorHex: '#ff9485', color: null }

const label = (more: object = {}) => ({
  id: expect.any(String),
  name: 'Lead',
  color: expect.any(Number),
  colorHex: expect.any(String),
  ...more,
})

let id = ''

/** Resolves when a list has the label. A change is seen there after five seconds. */
const listed = (waha: WahaWorld, route: 'GET /api/{s}/labels' | 'GET /api/{s}/labels/chats/{c}', fields: object) =>
  eventually(async () => expect((await waha.ask(route)).body).toContainEqual(expect.objectContaining(fields)))

export const LABELS: readonly Row[] = [
  { route: 'GET /api/{s}/labels', status: 200, answer: [] },
  {
    route: 'POST /api/{s}/labels',
    ask: { body: LOOK },
    status: 201,
    answer: label(),
    after: async (waha, { body }) => {
      id = body.id
      await listed(waha, 'GET /api/{s}/labels', { id })
    },
  },
  {
    route: 'PUT /api/{s}/labels/{id}',
    ask: () => ({ path: { id }, body: { ...LOOK, name: 'Customer' } }),
    status: 200,
    answer: label({ name: 'Customer' }),
  },
  {
    route: 'PUT /api/{s}/labels/chats/{c}',
    ask: () => ({ body: { labels: [{ id }] } }),
    status: 200,
    after: (waha) => listed(waha, 'GET /api/{s}/labels/chats/{c}', { id }),
  },
  { route: 'GET /api/{s}/labels/chats/{c}', of: 'that has one', status: 200, answer: () => listWith({ id }) },
  {
    route: 'GET /api/{s}/labels/{id}/chats',
    ask: () => ({ path: { id } }),
    status: 200,
    answer: (waha) => listWith({ id: waha.person }),
  },
  { route: 'PUT /api/{s}/labels/chats/{c}', of: 'that has none then', ask: { body: { labels: [] } }, status: 200 },
  { route: 'DELETE /api/{s}/labels/{id}', ask: () => ({ path: { id } }), status: 200 },
]
