import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { Failures } from './failures.ts'

const MINUTE_MS = 60_000
const known = { everLoggedIn: true, paired: true, qrShown: false }

let failures: Failures

beforeEach(() => {
  vi.useFakeTimers()
  failures = new Failures(systemClock)
})

afterEach(() => {
  vi.useRealTimers()
})

const count = (...codes: (number | undefined)[]) => codes.map((code) => failures.count({ code }, known)).at(-1)

/** Opens a connection that lasts for the given time. */
const work = (ms: number) => {
  failures.opened()
  vi.advanceTimersByTime(ms)
}

describe('a row of failures', () => {
  test('counts failures of the network and of WhatsApp separately', () => {
    expect(count(428, 408, undefined, 503, 500)).toMatchObject({ networkFailures: 3, whatsappFailures: 2 })
  })

  test('ends when the session works again', () => {
    count(428, 428, 503, 503, 515, 515)
    work(10_000)
    expect(count(428)).toMatchObject({ networkFailures: 1, whatsappFailures: 1, restarts: 1 })
    work(10_000)
    expect(count(503)).toMatchObject({ whatsappFailures: 1 })
  })

  test('goes on when a connection ended right after it opened', () => {
    for (const code of [428, 503, 515]) {
      count(code)
      work(9_999)
    }
    expect(count(428)).toMatchObject({ networkFailures: 2, whatsappFailures: 1 })
    work(9_999)
    expect(count(503)).toMatchObject({ whatsappFailures: 2 })
    work(9_999)
    expect(count(515)).toMatchObject({ restarts: 2 })
  })

  test('does not end by time alone', () => {
    count(503, 503)
    vi.advanceTimersByTime(60 * MINUTE_MS)
    expect(count(503)).toMatchObject({ whatsappFailures: 3 })
  })

  test('does not count a restart that WhatsApp requested', () => {
    expect(count(515, 515, 503)).toMatchObject({ networkFailures: 1, whatsappFailures: 1, restarts: 2 })
  })

  test('does not count a broken transport as a failure of WhatsApp, whatever the code', () => {
    failures.count({ code: 500, transport: 'broken' }, known)
    expect(count(503)).toMatchObject({ networkFailures: 1, whatsappFailures: 1 })
  })

  test('passes on the linking state of the session', () => {
    expect(failures.count({ code: 401 }, { everLoggedIn: false, paired: true, qrShown: true })).toMatchObject({
      everLoggedIn: false,
      paired: true,
    })
  })

  test('of unscanned QR codes is ended by a working device, but not by the next QR code', () => {
    const unpaired = { everLoggedIn: false, paired: false, qrShown: true }
    for (const rounds of [1, 2, 3]) {
      work(MINUTE_MS)
      expect(failures.count({ code: 408 }, unpaired)).toMatchObject({ pairingRounds: rounds })
    }
    work(MINUTE_MS)
    expect(count(515)).toMatchObject({ pairingRounds: 1 })
  })

  test('is forgotten when an operator restarts the session', () => {
    count(428, 503, 515, 440)
    failures.forget()
    expect(count(428)).toMatchObject({ networkFailures: 1, whatsappFailures: 1, restarts: 1, replacedWithinHour: 0 })
  })
})

describe('the next owner', () => {
  test('continues the counts of this owner, except those of the network', () => {
    count(503, 500, 440, 428, 428)
    const next = new Failures(systemClock)
    next.recall(failures.record)
    expect(next.count({ code: 503 }, known)).toMatchObject({ whatsappFailures: 3, networkFailures: 1, replacedWithinHour: 1 })
  })

  test('knows that a connection opened after the failures', () => {
    count(503, 503)
    failures.opened()
    const next = new Failures(systemClock)
    next.recall(failures.record)
    vi.advanceTimersByTime(10_000)
    expect(next.count({ code: 503 }, known)).toMatchObject({ whatsappFailures: 1 })
  })
})

describe('a replacement', () => {
  test('counts for later ones for an hour, but not for itself', () => {
    expect(count(440)).toMatchObject({ replacedWithinHour: 0 })
    vi.advanceTimersByTime(59 * MINUTE_MS)
    expect(count(440)).toMatchObject({ replacedWithinHour: 1 })
    vi.advanceTimersByTime(61 * MINUTE_MS)
    expect(count(440)).toMatchObject({ replacedWithinHour: 0 })
  })

  test('is remembered although the session worked afterwards', () => {
    count(440)
    failures.opened()
    expect(count(440)).toMatchObject({ replacedWithinHour: 1 })
  })

  test('counts neither as a failure of the network nor of WhatsApp', () => {
    expect(count(440, 440, 428)).toMatchObject({ networkFailures: 1, whatsappFailures: 1 })
  })
})
