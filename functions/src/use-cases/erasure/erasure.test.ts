import { describe, expect, test } from 'vitest'
import { tellsOf } from './contact-deliveries.ts'
import { remainsOf } from './remains.ts'

describe('an event is of a person', () => {
  const names = new Set(['491701234567@c.us', '491701234567@s.whatsapp.net'])

  test.each([
    ['that it is from', { from: '491701234567@c.us' }, true],
    ['that it is for', { from: 'me@c.us', to: '491701234567@c.us' }, true],
    ['who wrote it in a group', { from: '1@g.us', participant: '491701234567@c.us' }, true],
    ['whose presence it tells', { id: '491701234567@c.us', presences: [] }, true],
    ['who voted', { vote: { from: '491701234567@c.us' }, poll: { from: 'me@c.us' } }, true],
    ['whose message was revoked', { revokedMessageId: '1', after: { from: '491701234567@c.us' } }, true],
    ['and not of a member of the group that it is of', { group: { participants: [{ id: '491701234567@c.us' }] } }, false],
    ['and not of whom its text names', { from: 'me@c.us', body: '491701234567@c.us' }, false],
    ['and not of anybody without a payload', null, false],
  ])('%s', (_, payload, is) => {
    expect(tellsOf(payload, names)).toBe(is)
  })
})

test('what remains is named with its end: objects until the next night, earlier states by their own time', () => {
  const [noon, early] = [Date.parse('2026-03-04T12:00:00Z'), Date.parse('2026-03-04T01:00:00Z')]
  const of = (ms: number, waiting: number) =>
    Object.fromEntries(remainsOf(ms, waiting).map(({ what, until }) => [what, until?.toISOString() ?? null]))
  expect(of(noon, 2)).toEqual({
    objects: '2026-03-05T04:17:00.000Z',
    objectVersions: '2026-04-04T04:17:00.000Z',
    pointInTime: '2026-03-11T12:00:00.000Z',
    backups: null,
  })
  expect(of(early, 1)['objects']).toBe('2026-03-04T04:17:00.000Z')
  expect(of(noon, 0)).toEqual({
    objectVersions: '2026-04-03T12:00:00.000Z',
    pointInTime: '2026-03-11T12:00:00.000Z',
    backups: null,
  })
})
