import { describe, expect, it } from 'vitest'
import type { Random } from '../platform/ports.ts'
import { REASONS, apiStatusOf, isHalted } from './session-states.ts'
import {
  DEFAULT_RECONNECT_POLICY,
  type Disconnect,
  type DisconnectContext,
  type ReconnectPolicy,
  type Verdict,
  classify,
  longestBindingDelayMs,
  verdict,
} from './disconnect-policy.ts'

const random: Random = { fraction: () => 0.5, bytes: (length) => Buffer.alloc(length) }
const earliest: Random = { ...random, fraction: () => 0 }

const linked: DisconnectContext = {
  everLoggedIn: true,
  paired: true,
  qrShown: false,
  networkFailures: 1,
  whatsappFailures: 1,
  restarts: 1,
  pairingRounds: 1,
  replacedWithinHour: 0,
}
const justScanned: DisconnectContext = { ...linked, everLoggedIn: false }
const unpaired: DisconnectContext = { ...justScanned, paired: false, qrShown: true }

type Told = Partial<DisconnectContext> & Omit<Disconnect, 'code'>

const judge = (code: number | undefined, { transport, conflict, banMs, ...context }: Told = {}, base = linked): Verdict => {
  const disconnect = {
    code,
    ...(transport ? { transport } : {}),
    ...(conflict === undefined ? {} : { conflict }),
    ...(banMs === undefined ? {} : { banMs }),
  }
  return verdict(disconnect, { ...base, ...context }, DEFAULT_RECONNECT_POLICY, random)
}

const delayOf = (decided: Verdict): number | string => (decided.action === 'stop' ? decided.reason : decided.delayMs)

const MINUTE_MS = 60_000

describe('a linked session', () => {
  it.each([
    [undefined, 'network', 'reconnect', 'BACKOFF', 'connection-lost'],
    [408, 'network', 'reconnect', 'BACKOFF', 'connection-lost'],
    [428, 'network', 'reconnect', 'BACKOFF', 'connection-lost'],
    [515, 'restart', 'reconnect', 'CONNECTING', 'restart-required'],
    [500, 'bad-session', 'reconnect', 'CONNECTING', 'bad-session'],
    [501, 'whatsapp', 'reconnect', 'CONNECTING', 'whatsapp-trouble'],
    [503, 'whatsapp', 'reconnect', 'CONNECTING', 'whatsapp-trouble'],
    [516, 'whatsapp', 'reconnect', 'CONNECTING', 'whatsapp-trouble'],
    [999, 'whatsapp', 'reconnect', 'CONNECTING', 'whatsapp-trouble'],
    [440, 'replaced', 'reconnect', 'REPLACED', 'replaced-waiting'],
    [405, 'client-outdated', 'reconnect', 'BACKOFF', 'client-outdated'],
    [401, 'logged-out', 'stop', 'LOGGED_OUT', 'logged-out'],
    [402, 'banned', 'stop', 'BANNED', 'temporarily-banned'],
    [403, 'banned', 'stop', 'BANNED', 'account-banned'],
    [406, 'banned', 'stop', 'BANNED', 'account-banned'],
    [411, 'refused', 'stop', 'NEEDS_ATTENTION', 'multidevice-mismatch'],
    [400, 'refused', 'stop', 'NEEDS_ATTENTION', 'connection-refused'],
  ])('closed with %s is of class %s', (code, kind, action, state, reason) => {
    expect(judge(code)).toMatchObject({ class: kind, action, state, reason })
  })

  it.each([500, 408, 428, 401, 503])('closed with %s by a broken transport has only lost the network', (code) => {
    expect(judge(code, { transport: 'broken' })).toMatchObject({ class: 'network', reason: 'connection-lost' })
    expect(judge(code, { transport: 'proxy' })).toMatchObject({ class: 'network', reason: 'proxy-refused', action: 'reconnect' })
  })

  it.each([500, 408])('closed with %s because of an untrusted certificate is refused', (code) => {
    expect(judge(code, { transport: 'untrusted' })).toMatchObject({ action: 'stop', reason: 'connection-refused' })
  })

  it('is not taken for unlinked when WhatsApp reports a replacement, whatever the code', () => {
    for (const code of [401, 440, 500, 503]) expect(judge(code, { conflict: 'replaced' }).class, String(code)).toBe('replaced')
    expect(judge(401, { conflict: 'device_removed' }).class).toBe('logged-out')
  })

  it('has the length of its ban when WhatsApp names it', () => {
    expect(judge(402, { banMs: 3_600_000 })).toMatchObject({ banMs: 3_600_000 })
    expect(judge(402)).toMatchObject({ banMs: null })
  })
})

describe('the schedule', () => {
  it('after a lost network grows with each drop up to a minute, and never ends', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map((networkFailures) => delayOf(judge(428, { networkFailures })))
    expect(delays).toEqual([750, 1500, 3000, 6000, 12_000, 24_000, 45_000, 45_000, 45_000])
  })

  it.each([503, 500])(
    'after trouble at WhatsApp (%s) is: at once, after 1, 2, 3, 4 and 5 minutes, then attention by an operator',
    (code) => {
      const delays = [1, 2, 3, 4, 5, 6, 7, 8].map((whatsappFailures) => {
        const decided = verdict({ code }, { ...linked, whatsappFailures }, DEFAULT_RECONNECT_POLICY, earliest)
        return decided.action === 'stop' ? `${decided.state} ${decided.reason}` : decided.delayMs / MINUTE_MS
      })
      const end = 'NEEDS_ATTENTION whatsapp-keeps-failing'
      expect(delays).toEqual([0, 1, 2, 3, 4, 5, end, end])
    },
  )

  it('has the configured number of attempts, and repeats the last delay when the delays run out', () => {
    const delaysWith = (maxAttempts: number, whatsappDelaysMs: number[]) => {
      const policy: ReconnectPolicy = { ...DEFAULT_RECONNECT_POLICY, maxAttempts, whatsappDelaysMs }
      return [1, 2, 3, 4, 5].map((whatsappFailures) =>
        delayOf(verdict({ code: 503 }, { ...linked, whatsappFailures }, policy, earliest)),
      )
    }
    const end = 'whatsapp-keeps-failing'
    expect(delaysWith(3, [10, 20])).toEqual([0, 10, 20, 20, end])
    expect(delaysWith(1, [10, 20])).toEqual([0, 10, end, end, end])
    expect(delaysWith(0, [10, 20])).toEqual([0, end, end, end, end])
  })

  it('after trouble at WhatsApp is spread, so that sessions that failed together do not return together', () => {
    const delays = [0, 0.25, 0.5, 0.99].map((fraction) =>
      delayOf(
        verdict({ code: 503 }, { ...linked, whatsappFailures: 2 }, DEFAULT_RECONNECT_POLICY, {
          ...random,
          fraction: () => fraction,
        }),
      ),
    )
    expect(delays).toEqual([60_000, 63_000, 66_000, 71_880])
  })

  it('after a bad session reads the stored state again from the second failure on', () => {
    const rereads = [1, 2, 3].map((whatsappFailures) => judge(500, { whatsappFailures }))
    expect(rereads).toMatchObject([{ rereads: false }, { rereads: true }, { rereads: true }])
    expect(judge(503, { whatsappFailures: 3 })).toMatchObject({ rereads: false })
  })

  it('after a requested restart begins at once, and slows down when the requests continue', () => {
    const delays = [1, 2, 3, 4].map((restarts) => delayOf(judge(515, { restarts })))
    expect(delays).toEqual([0, 750, 1500, 3000])
  })

  it('after a replacement has one attempt after 20 to 60 s, and none within the hour after a second one', () => {
    const delays = [0, 0.5, 0.999_999].map((fraction) =>
      delayOf(verdict({ code: 440 }, linked, DEFAULT_RECONNECT_POLICY, { ...random, fraction: () => fraction })),
    )
    expect(delays).toEqual([20_000, 40_000, 60_000])
    expect(judge(440, { replacedWithinHour: 1 })).toMatchObject({ state: 'NEEDS_ATTENTION', reason: 'foreign-connection' })
  })

  it('of a session that was moved in just now is the work of its old owner, and no attempt follows', () => {
    expect(judge(440, { isArriving: true })).toMatchObject({
      action: 'stop',
      state: 'NEEDS_ATTENTION',
      reason: 'old-owner-alive',
    })
    expect(judge(503, { isArriving: true })).toMatchObject({ action: 'reconnect' })
  })

  it('after a refused version waits an hour', () => {
    expect(delayOf(verdict({ code: 405 }, linked, DEFAULT_RECONNECT_POLICY, earliest))).toBe(60 * MINUTE_MS)
  })

  it('binds the next owner after trouble at WhatsApp and after a replacement only', () => {
    const binding = [undefined, 408, 428, 405, 440, 500, 503, 515, 999].filter((code) => {
      const decided = judge(code, { whatsappFailures: 3, restarts: 3, networkFailures: 3 })
      return decided.action === 'reconnect' && decided.bindsNextOwner
    })
    expect(binding).toEqual([440, 500, 503, 999])
  })
})

describe('a session that has never logged in', () => {
  it.each([
    ['scanned', justScanned],
    ['not scanned', unpaired],
  ])('takes a 401 for a pairing that was cut short (%s)', (_, context) => {
    expect(judge(401, {}, context)).toMatchObject({ class: 'pairing', action: 'new-identity', reason: 'pairing-void' })
  })

  it('takes a 408 for the end of its QR codes, unless the transport broke', () => {
    expect(judge(408, {}, unpaired)).toMatchObject({ class: 'pairing', action: 'reconnect', reason: 'qr-expired' })
    expect(judge(408, { transport: 'broken' }, unpaired)).toMatchObject({ class: 'network' })
    expect(judge(408, { qrShown: false }, unpaired)).toMatchObject({ class: 'network' })
    expect(judge(408, {}, justScanned)).toMatchObject({ class: 'network' })
  })

  it('shows no more QR codes after five rounds without a scan', () => {
    const ends = [1, 2, 3, 4, 5, 6].map((pairingRounds) => judge(408, { pairingRounds }, unpaired).reason)
    expect(ends).toEqual([...Array.from({ length: 4 }, () => 'qr-expired'), 'qr-not-scanned', 'qr-not-scanned'])
  })

  it('makes new identities ever more slowly, and stops after five pairings that were cut short', () => {
    const decided = [1, 2, 3, 4, 5].map((pairingRounds) => delayOf(judge(401, { pairingRounds }, justScanned)))
    expect(decided).toEqual([750, 1500, 3000, 6000, 'pairing-failed'])
  })
})

/** Every possible code with every combination of the facts that a verdict reads. */
function* allCases(): Generator<[Disconnect, DisconnectContext]> {
  const flags = [true, false]
  const details: readonly Omit<Disconnect, 'code'>[] = [
    {},
    { transport: 'broken' },
    { transport: 'untrusted' },
    { conflict: 'replaced' },
    { conflict: 'device_removed' },
    { banMs: 1000 },
  ]
  const codes = [undefined, Number.NaN, 0, 200, ...Array.from({ length: 200 }, (_, index) => 400 + index), 999, 1006]
  for (const code of codes)
    for (const detail of details)
      for (const everLoggedIn of flags)
        for (const paired of flags)
          for (const qrShown of flags)
            for (const failures of [1, 2, 6, 7, 1000])
              for (const replacedWithinHour of [0, 1]) {
                const rows = {
                  networkFailures: failures,
                  whatsappFailures: failures,
                  restarts: failures,
                  pairingRounds: failures,
                }
                yield [
                  { code, ...detail },
                  { everLoggedIn, paired, qrShown, replacedWithinHour, ...rows },
                ]
              }
}

const CASES = [...allCases()]

/** Asserts that `holds` is true in all cases that fit. Returns how often each action was decided. */
function check(
  fits: (disconnect: Disconnect, context: DisconnectContext) => boolean,
  holds: (decided: Verdict, disconnect: Disconnect, context: DisconnectContext) => boolean,
): Record<string, number> {
  const seen: Record<string, number> = {}
  for (const [disconnect, context] of CASES) {
    if (!fits(disconnect, context)) continue
    const decided = verdict(disconnect, context, DEFAULT_RECONNECT_POLICY, random)
    seen[decided.action] = (seen[decided.action] ?? 0) + 1
    if (!holds(decided, disconnect, context)) expect.fail(JSON.stringify({ disconnect, context, decided }))
  }
  return seen
}

const always = () => true
const KNOWN = [400, 401, 402, 403, 405, 406, 408, 411, 428, 440, 500, 515]

describe('the policy, in every case,', () => {
  it('makes a new identity only after a pairing that was cut short', () => {
    const seen = check(always, ({ action }, { code, transport, conflict }, { everLoggedIn }) => {
      const isVoid = code === 401 && !everLoggedIn && !transport && conflict !== 'replaced'
      return action !== 'new-identity' || isVoid
    })
    expect(seen['new-identity']).toBeGreaterThan(0)
  })

  it('does not reconnect a session that is logged out or banned', () => {
    const isOver = ({ code, transport, conflict }: Disconnect, { everLoggedIn }: DisconnectContext) =>
      !transport && conflict !== 'replaced' && ([402, 403, 406].includes(code ?? 0) || (code === 401 && everLoggedIn))
    const seen = check(isOver, (decided) => decided.action === 'stop' && ['LOGGED_OUT', 'BANNED'].includes(decided.state))
    expect(Object.keys(seen)).toEqual(['stop'])
  })

  it('does not reconnect a session that was replaced twice within the hour, and after one replacement not at once', () => {
    const isReplaced = ({ code, transport, conflict }: Disconnect) => !transport && (code === 440 || conflict === 'replaced')
    check(isReplaced, (decided, _, { replacedWithinHour }) =>
      replacedWithinHour > 0 ? decided.action === 'stop' : decided.action === 'reconnect' && decided.delayMs >= 20_000,
    )
  })

  it('keeps the credentials after an unknown code and tries again, until the session needs attention', () => {
    const isUnknown = ({ code, transport, conflict }: Disconnect) =>
      !transport && conflict !== 'replaced' && code !== undefined && !KNOWN.includes(code)
    const seen = check(isUnknown, (decided, _, { whatsappFailures }) =>
      whatsappFailures <= 6
        ? decided.action === 'reconnect'
        : decided.action === 'stop' && decided.reason === 'whatsapp-keeps-failing',
    )
    expect(Object.keys(seen).sort()).toEqual(['reconnect', 'stop'])
  })

  it('never gives up on a lost network', () => {
    check(
      (disconnect, context) => classify(disconnect, context) === 'network',
      ({ action }) => action === 'reconnect',
    )
  })

  it('tells the operator what to do for each stopped session', () => {
    check(
      always,
      (decided) => decided.action !== 'stop' || (isHalted(decided.state) && REASONS[decided.reason].userAction !== null),
    )
  })

  it('shows no session that reconnects by itself as waiting for an operator', () => {
    check(always, ({ action, state }) => action === 'stop' || state === 'REPLACED' || apiStatusOf(state) === 'STARTING')
  })

  it('has no delay that is negative, endless or above its limit', () => {
    check(always, (decided) => {
      if (decided.action === 'stop') return true
      const binds = decided.action === 'reconnect' && decided.bindsNextOwner
      const limitMs = binds ? longestBindingDelayMs(DEFAULT_RECONNECT_POLICY) : 1.2 * DEFAULT_RECONNECT_POLICY.outdatedDelayMs
      return decided.delayMs >= 0 && decided.delayMs <= limitMs
    })
  })

  it('gives the class that depends on the disconnect alone', () => {
    check(always, (decided, disconnect, context) => decided.class === classify(disconnect, context))
  })
})
