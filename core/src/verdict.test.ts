import { describe, expect, it } from 'vitest'
import type { Random } from './ports.ts'
import { DEFAULT_RECONNECT_POLICY, type DisconnectContext, verdict } from './verdict.ts'

const random: Random = { fraction: () => 0.5, bytes: (length) => Buffer.alloc(length) }

const linked: DisconnectContext = {
  everLoggedIn: true,
  paired: true,
  qrShown: false,
  networkFailures: 1,
  restarts: 1,
  whatsappFailures: 1,
  replacedWithinHour: 0,
}
const pairing: DisconnectContext = { ...linked, everLoggedIn: false, paired: false, qrShown: true }

const decide = (code: number | undefined, context: Partial<DisconnectContext> = {}) =>
  verdict({ code }, { ...linked, ...context }, DEFAULT_RECONNECT_POLICY, random)

describe('a session that is linked', () => {
  it.each([
    [515, { action: 'reconnect', delayMs: 0, reason: 'restart-required', counts: 'nothing' }],
    [428, { action: 'reconnect', state: 'BACKOFF', reason: 'connection-lost', counts: 'network' }],
    [408, { action: 'reconnect', state: 'BACKOFF', reason: 'connection-lost', counts: 'network' }],
    [undefined, { action: 'reconnect', state: 'BACKOFF', reason: 'connection-lost', counts: 'network' }],
    [503, { action: 'reconnect', state: 'BACKOFF', reason: 'whatsapp-trouble', counts: 'whatsapp' }],
    [500, { action: 'reconnect', state: 'BACKOFF', reason: 'whatsapp-trouble', counts: 'whatsapp' }],
    [516, { action: 'reconnect', state: 'BACKOFF', reason: 'whatsapp-trouble', counts: 'whatsapp' }],
    [999, { action: 'reconnect', state: 'BACKOFF', reason: 'whatsapp-trouble', counts: 'whatsapp' }],
    [440, { action: 'reconnect', state: 'REPLACED', reason: 'replaced-waiting', counts: 'replaced' }],
    [401, { action: 'stop', state: 'LOGGED_OUT', reason: 'logged-out' }],
    [402, { action: 'stop', state: 'BANNED', reason: 'account-banned' }],
    [403, { action: 'stop', state: 'BANNED', reason: 'account-banned' }],
    [406, { action: 'stop', state: 'BANNED', reason: 'account-banned' }],
    [411, { action: 'stop', state: 'NEEDS_ATTENTION', reason: 'multidevice-mismatch' }],
    [405, { action: 'stop', state: 'NEEDS_ATTENTION', reason: 'client-outdated' }],
    [400, { action: 'stop', state: 'NEEDS_ATTENTION', reason: 'connection-refused' }],
  ])('closed with %s', (code, expected) => {
    expect(decide(code)).toMatchObject(expected)
  })

  it('waits longer after each drop of the network, up to a minute, and never gives up', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map((networkFailures) => {
      const decided = decide(428, { networkFailures })
      return decided.action === 'reconnect' ? decided.delayMs : null
    })
    expect(delays).toEqual([750, 1500, 3000, 6000, 12_000, 24_000, 45_000, 45_000, 45_000])
  })

  it("tries at once after WhatsApp's trouble, then after 1, 2, 3, 4 and 5 minutes, then asks for attention", () => {
    const decided = [1, 2, 3, 4, 5, 6, 7].map((whatsappFailures) => decide(503, { whatsappFailures }))
    const delays = decided.map((one) => (one.action === 'reconnect' ? one.delayMs / 60_000 : one.reason))
    expect(delays).toEqual([0, 1, 2, 3, 4, 5, 'whatsapp-keeps-failing'])
  })

  it('connects once more after it was replaced, and a second time within the hour it does not', () => {
    const once = decide(440)
    expect(once.action === 'reconnect' && once.delayMs).toBe(40_000)
    expect(decide(440, { replacedWithinHour: 1 })).toEqual({
      action: 'stop',
      state: 'NEEDS_ATTENTION',
      reason: 'foreign-connection',
    })
  })
})

describe('a session that has never logged in', () => {
  it('takes a 401 for pairing that was cut short, scanned or not', () => {
    expect(verdict({ code: 401 }, pairing, DEFAULT_RECONNECT_POLICY, random)).toMatchObject({ reason: 'pairing-void' })
    expect(decide(401, { everLoggedIn: false, paired: true })).toMatchObject({ action: 'new-identity' })
  })

  it('takes a 408 for the end of its QR codes', () => {
    expect(decide(408, pairing)).toMatchObject({ action: 'reconnect', reason: 'qr-expired' })
  })
})

it('no code ends the identity of a session that has logged in once', () => {
  const codes = [undefined, ...Array.from({ length: 1000 }, (_, code) => code)]
  for (const code of codes) {
    for (const paired of [true, false]) {
      const { action } = decide(code, { paired, whatsappFailures: 9, networkFailures: 9, replacedWithinHour: 9 })
      expect(['reconnect', 'stop'], String(code)).toContain(action)
    }
  }
})

it('only a 401 makes a new identity before that', () => {
  const codes = Array.from({ length: 1000 }, (_, code) => code)
  expect(codes.filter((code) => decide(code, pairing).action === 'new-identity')).toEqual([401])
})

it('a server that asks for restart after restart is obeyed at once, and then ever more slowly', () => {
  const delays = [1, 2, 3, 4].map((restarts) => {
    const decided = decide(515, { restarts })
    return decided.action === 'reconnect' ? decided.delayMs : -1
  })
  expect(delays[0]).toBe(0)
  expect(delays[1]).toBeGreaterThan(0)
  expect(delays[3]).toBeGreaterThan(delays[2] ?? 0)
})
