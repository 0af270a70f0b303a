import { expect, test } from 'vitest'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { Claim } from './claim.ts'
import { SessionStatus, type StateChange, UNWATCHED } from './session-status.ts'

const claimOf = (state: string, downSince: Date | null = null): Claim =>
  ({
    sessionId: 'default.shop',
    session: { state, downSince, statuses: [], counters: { sent: 0, received: 0 } },
    head: { sequence: 1, epoch: 1, hash: '' },
    crashes: { shortLives: 0, failedTrials: 0, onTrial: false },
  }) as unknown as Claim

function statusOf(state: string, { downSince = null, clock = systemClock }: { downSince?: Date | null; clock?: Clock } = {}) {
  const unknown: StateChange[] = []
  const claim = claimOf(state, downSince)
  const status = new SessionStatus({ claim, clock, onUnknown: (change) => unknown.push(change), watched: () => UNWATCHED })
  return { status, unknown }
}

test('a change of state that is in the table is not reported', () => {
  const { status, unknown } = statusOf('BACKOFF')
  status.enter('CONNECTING', 'opening-socket', {}, null)
  status.enter('CONNECTED', 'logged-in', {}, null)
  status.released({ state: 'STOPPED', reason: 'requested' }, null)

  expect(unknown).toEqual([])
})

test('a change of state that is not in the table is reported, and made all the same', () => {
  const { status, unknown } = statusOf('STOPPED')
  const event = status.enter('CONNECTED', 'logged-in', {}, null)

  expect(unknown).toEqual([{ from: 'CLAIMING', to: 'CONNECTED', reason: 'logged-in' }])
  expect(status.state).toBe('CONNECTED')
  expect(event).toMatchObject({ type: 'session.status', state: 'CONNECTED', reason: 'logged-in' })
})

test('a claim, a QR code and a release are checked as changes of state', () => {
  const claimed = statusOf('MUTED')
  expect(claimed.unknown).toEqual([{ from: 'MUTED', to: 'CLAIMING', reason: 'claimed' }])

  const { status, unknown } = statusOf('LOGGED_OUT')
  status.showQr('a code', new Date(0), null)
  status.released({ state: 'CONNECTED', reason: 'logged-in' }, null)
  expect(unknown).toEqual([
    { from: 'LOGGED_OUT', to: 'PAIRING', reason: 'scan-qr' },
    { from: 'PAIRING', to: 'CONNECTED', reason: 'logged-in' },
  ])
})

test('a release that keeps the shown state is no change of state', () => {
  const { status, unknown } = statusOf('BANNED')
  status.released(null, null)

  expect([status.state, unknown]).toEqual(['BANNED', []])
})

test('an outage begins with the loss of the connection, and goes on under the next owner until there is one', () => {
  let now = 1000
  const clock = { ...systemClock, now: () => now }
  const { status } = statusOf('BACKOFF', { clock, downSince: new Date(500) })
  const enter = (...[state, reason]: Parameters<SessionStatus['enter']>) => {
    now += 1000
    const event = status.enter(state, reason, {}, null)
    return 'figures' in event ? Number(event.figures.downSince) : undefined
  }
  expect(enter('CONNECTING', 'opening-socket', {}, null)).toBe(500)
  expect(enter('CONNECTED', 'logged-in', {}, null)).toBe(0)
  expect(enter('BACKOFF', 'connection-lost', {}, null)).toBe(4000)
  expect(enter('CONNECTING', 'opening-socket', {}, null)).toBe(4000)
})

test('an outage begins with the claim when the last owner died connected, and with the release of a connected session', () => {
  const clock = { ...systemClock, now: () => 7000 }
  const died = statusOf('CONNECTED', { clock }).status
  expect(died.enter('CONNECTING', 'opening-socket', {}, null)).toMatchObject({ figures: { downSince: new Date(7000) } })
  died.enter('CONNECTED', 'logged-in', {}, null)
  const released = died.released({ state: 'BACKOFF', reason: 'runner-leaving' }, null)
  expect(released).toMatchObject({ figures: { downSince: new Date(7000) } })
})

test('the time for which a session was stopped is no outage', () => {
  const { status } = statusOf('BACKOFF', { downSince: new Date(1000) })
  expect(status.released({ state: 'STOPPED', reason: 'requested' }, null)).toMatchObject({ figures: { downSince: null } })
  const left = statusOf('BACKOFF', { downSince: new Date(1000) }).status
  expect(left.released({ state: 'BACKOFF', reason: 'runner-leaving' }, null)).toMatchObject({
    figures: { downSince: new Date(1000) },
  })
})

test('a status that somebody else has overwritten is stated again, with its details and the present figures', () => {
  const { status, unknown } = statusOf('BACKOFF')
  const me = { id: '5511999990000@s.whatsapp.net', lid: null }
  status.enter('CONNECTING', 'opening-socket', {}, null)
  status.enter('CONNECTED', 'logged-in', { me }, null)
  status.provedAlive()

  const again = { type: 'session.status', state: 'CONNECTED', reason: 'logged-in', details: { me } }
  expect(status.restated(null, [])).toMatchObject({ ...again, figures: { lastProofOfLifeAt: expect.any(Date) } })
  expect(unknown).toEqual([])
})

test('a QR code is shown again, a claim is stated, and a session that an earlier owner halted is left as it is', () => {
  const pairing = statusOf('NEW').status
  pairing.enter('CONNECTING', 'opening-socket', {}, null)
  pairing.showQr('a code', new Date(0), null)
  expect(pairing.restated(null, [])).toMatchObject({ type: 'session.qr', qr: 'a code' })

  expect(statusOf('CONNECTED').status.restated(null, [])).toMatchObject({ state: 'CLAIMING', reason: 'claimed' })
  expect(statusOf('BANNED').status.restated(null, [])).toBeNull()
})
