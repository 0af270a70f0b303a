import type { Session } from '@holdfast/client/types'
import { expect, test } from 'vitest'
import { type Answered, fits, movesList, newest, type SessionFilter } from './session-filter.ts'

const session = (name: string, more: Partial<Session> = {}): Session =>
  ({ name, status: 'WORKING', wanted: 'online', userAction: null, me: null, ...more }) as Session

const me = { id: '5511987650000@c.us', pushName: 'Café Élan', lid: null, jid: '' }

test.each<[SessionFilter, Partial<Session>, boolean]>([
  [{}, {}, true],
  [{ status: 'FAILED' }, {}, false],
  [{ status: 'FAILED' }, { status: 'FAILED' }, true],
  [{ needsPerson: true }, {}, false],
  [{ needsPerson: true }, { status: 'SCAN_QR_CODE' }, true],
  [{ needsPerson: true }, { status: 'STARTING', userAction: 'Check the proxy.' }, true],
  [{ needsPerson: true }, { status: 'STOPPED', userAction: 'Start it.', wanted: 'offline' }, false],
  [{ search: ' OP ' }, {}, true],
  [{ search: '98765' }, { me }, true],
  [{ search: 'élan' }, { me }, true],
  [{ search: 'nobody' }, { me }, false],
])('the list %o has a session with %o: %s', (filter, more, isListed) => {
  expect(fits(session('shop', more), filter)).toBe(isListed)
})

test('what was told after the question goes before the answer, and what was told before does not', () => {
  const answered = { session: session('shop'), at: 5 }
  const event = session('shop', { status: 'FAILED' })
  expect(newest(answered, undefined)?.status).toBe('WORKING')
  expect(newest(answered, { event, at: 4 })?.status).toBe('WORKING')
  expect(newest(answered, { event, at: 6 })?.status).toBe('FAILED')
  expect(newest(answered, { event: { name: 'shop', gone: true }, at: 6 })).toBeNull()
})

test.each([
  ['a session that stays', session('b'), true, false],
  ['a session that no longer fits', session('b', { status: 'FAILED' }), true, true],
  ['a session that is gone', { name: 'b', gone: true } as const, true, true],
  ['one that was not there', session('c'), true, true],
  ['one behind the last page that is shown', session('e'), true, false],
  ['one at the end of the whole list', session('e'), false, true],
  ['one that does not fit', session('c', { status: 'FAILED' }), false, false],
  ['one of others that is gone', { name: 'c', gone: true } as const, false, false],
])('a list is asked for again because of %s', (_, event, hasMore, isAsked) => {
  const listed: Answered[] = ['b', 'd'].map((name) => ({ session: session(name), at: 1 }))
  expect(movesList(event, { filter: { status: 'WORKING' }, listed, hasMore })).toBe(isAsked)
})
