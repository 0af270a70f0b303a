import { expect, test } from 'vitest'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { Claim } from './claim.ts'
import { SessionStatus, type StateChange } from './session-status.ts'

const claimOf = (state: string): Claim =>
  ({
    sessionId: 'default.shop',
    session: { state, counters: { sent: 0, received: 0 } },
    head: { sequence: 1, epoch: 1, hash: '' },
    crashes: { shortLives: 0, failedTrials: 0, onTrial: false },
  }) as unknown as Claim

function statusOf(state: string) {
  const unknown: StateChange[] = []
  const status = new SessionStatus({ claim: claimOf(state), clock: systemClock, onUnknown: (change) => unknown.push(change) })
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
