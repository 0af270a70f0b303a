import { expect } from 'vitest'
import { problem, type Row } from '../rows.ts'

/** The server, and what it says of requests that are wrong. */

const ABOUT = { version: expect.any(String), engine: 'NOWEB', tier: 'PLUS', browser: null }

export const SERVER: readonly Row[] = [
  { route: 'GET /ping', ask: { headers: { 'X-Api-Key': '' } }, status: 200, answer: { message: 'pong' } },
  { route: 'GET /api/version', status: 200, answer: ABOUT },
  { route: 'GET /api/server/version', status: 200, answer: ABOUT },
  {
    route: 'GET /api/server/status',
    status: 200,
    answer: { startTimestamp: expect.any(Number), uptime: expect.any(Number) },
  },
  { route: 'POST /api/server/stop', ask: { body: { force: false } }, status: 422, answer: problem(422) },
  { route: 'GET /api/screenshot', ask: { query: '?session=default' }, status: 422, answer: problem(422) },
  {
    route: 'GET /api/sessions',
    of: 'without a key',
    ask: { headers: { 'X-Api-Key': '' } },
    status: 401,
    answer: { ...problem(401), message: expect.any(String) },
  },
  { route: 'GET /api/sessions', of: 'with the key in another case', ask: { headers: {} }, status: 200 },
  { route: 'GET /api/sessions/{s}', of: 'of nobody', ask: { path: { s: 'nobody' } }, status: 404, answer: problem(404) },
  {
    route: 'GET /api/{s}/chats/{c}/messages/{m}',
    of: 'that is not there',
    ask: { path: { m: 'false_11111111111@c.us_AAAAAAAAAAAAAAAAAAAA' } },
    status: 404,
    answer: problem(404),
  },
  {
    route: 'POST /api/sendText',
    of: 'with a list as its body',
    ask: { body: [] },
    status: 400,
    answer: problem(400),
  },
]
