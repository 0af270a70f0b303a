import stringWidth from 'string-width'
import { expect, it } from 'vitest'
import { holdfast } from '../testing/host-under-test.ts'

const SESSION = {
  name: '花屋',
  status: 'WORKING',
  state: 'CONNECTED',
  reason: 'logged-in',
  sentence: 'Connected to WhatsApp.',
  userAction: null,
  since: '2026-12-01T10:00:00Z',
  me: { id: '5511999990000@c.us', pushName: '山田太郎の花屋さん 🌸 \u001b[2J' },
}
const RUNNER = {
  id: 'a-runner-with-a-very-long-name-of-its-own',
  state: 'active',
  sessions: 1,
  cpu: 23,
  memory: { percentage: 61 },
  silentForMs: 900,
  version: '0.1.0',
}
const QUEUE = {
  waiting: 12,
  held: 3,
  scheduled: 2,
  retrying: 1,
  active: 4,
  sent: 123_456,
  failed: 2,
  canceled: 0,
  oldest: { ageMs: 4000, queuedAt: '' },
  sessions: {},
}

const ANSWERS: Readonly<Record<string, unknown>> = {
  '/health': { status: 'healthy', version: '0.1.0', problems: [], availability: 99.98, connections: {}, runners: [RUNNER] },
  '/api/alerts': { alerts: [], cursor: null },
  '/api/tenants': [{ id: 'default' }],
  '/api/sessions': [SESSION],
  '/api/queue': QUEUE,
  '/api/recoveries': { recoveries: [], cursor: null },
}

const fetch = async (request: Request): Promise<Response> => {
  const answer = ANSWERS[new URL(request.url).pathname]
  return answer === undefined ? Response.json({ code: 'x', title: 'x', detail: 'x' }, { status: 403 }) : Response.json(answer)
}

it.each([80, 100, 140])('the health fits a terminal of %i columns, whoever calls himself what', async (columns) => {
  const { code, out } = await holdfast('health', { fetch, columns, now: () => Date.parse('2026-12-01T12:00:00Z') })
  expect(code).toBe(0)
  for (const line of out.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns)
  expect(out).toContain('花屋')
  expect(out).not.toContain('\u001b')
})
