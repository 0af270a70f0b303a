import { describe, expect, test } from 'vitest'
import { CLOSES, concerns, type LiveSocket, pinging, send } from './live-sockets.ts'

/** A socket that tells what was done with it. */
function socketWith(bufferedAmount = 0) {
  const done: string[] = []
  const heard = new Map<string, () => void>()
  const socket = {
    bufferedAmount,
    send: (text: string) => done.push(`send ${text}`),
    ping: () => done.push('ping'),
    close: (code: number) => done.push(`close ${code}`),
    terminate: () => done.push('terminate'),
    on: (event: string, callback: () => void) => heard.set(event, callback),
  } as unknown as LiveSocket
  return { socket, done, hears: (event: string) => heard.get(event)?.() }
}

test('a caller that reads too slowly is told so and gets nothing more', () => {
  const [quick, slow] = [socketWith(4 * 1024 * 1024), socketWith(4 * 1024 * 1024 + 1)]
  for (const { socket } of [quick, slow]) send(socket, { body: 'an event' })
  expect(quick.done).toEqual(['send an event'])
  expect(slow.done).toEqual([`close ${CLOSES.tooSlow.code}`])
})

test('a caller that answers no ping is cut off at the next one', () => {
  const { socket, done, hears } = socketWith()
  const tick = pinging(socket)
  tick()
  hears('pong')
  tick()
  tick()
  expect(done).toEqual(['ping', 'ping', 'terminate'])
})

describe('an event goes to those who', () => {
  const all = { session: null, events: ['*'] }
  const acme = { tenant: 'acme', sessions: 'all' } as const
  const event = { sessionId: 'acme.main', event: 'message' }
  test.each([
    ['ask for everything', all, acme, true],
    ['ask for its session and name it', { session: 'main', events: ['message'] }, acme, true],
    ['are of its tenant, not of another one with the same names', all, { tenant: 'globex', sessions: 'all' } as const, false],
    ['ask for its session, not another one', { session: 'other', events: ['*'] }, acme, false],
    ['ask for its kind, not another one', { session: null, events: ['message.ack'] }, acme, false],
    ['may know of its session', all, { tenant: 'acme', sessions: ['main'] }, true],
    ['may know of it, although they ask for all', all, { tenant: 'acme', sessions: ['other'] }, false],
  ])('%s', (_, request, principal, expected) => {
    expect(concerns(request, principal, event)).toBe(expected)
  })
})
