import { expect, test } from 'vitest'
import { isLivePath, readLiveRequest } from './live-request.ts'

test.each([
  ['/ws?session=*&events=*&x-api-key=k', {}, { apiKey: 'k', session: null, events: ['*'] }],
  [
    '/ws?events=message&events=session.status',
    { 'x-api-key': 'h' },
    { apiKey: 'h', session: null, events: ['message', 'session.status'] },
  ],
  [
    '/ws/?session=main&events=message,message.ack&x-api-key=q',
    { 'x-api-key': 'h' },
    { apiKey: 'h', session: 'main', events: ['message', 'message.ack'] },
  ],
  ['/ws?session=&events=', { 'x-tenant': 'acme' }, { apiKey: undefined, tenant: 'acme', session: null, events: ['*'] }],
])('a request to the stream, %s', (url, headers, expected) => {
  expect(isLivePath(url)).toBe(true)
  expect(readLiveRequest(url, headers)).toMatchObject(expected)
})

test('no other path is the stream', () => {
  for (const url of ['/wsx', '/api/ws', '/', undefined, '/ws/more']) expect(isLivePath(url)).toBe(false)
})
