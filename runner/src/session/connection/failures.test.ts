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

/** A connection that comes about and lasts so long. */
const work = (ms: number) => {
  failures.opened()
  vi.advanceTimersByTime(ms)
}

describe('the row of failures', () => {
  test('counts what the network did apart from what WhatsApp did', () => {
    expect(count(428, 408, undefined, 503, 500)).toMatchObject({ networkFailures: 3, whatsappFailures: 2 })
  })

  test('ends when the session works again', () => {
    count(428, 428, 503, 503, 515, 515)
    work(10_000)
    expect(count(428)).toMatchObject({ networkFailures: 1, whatsappFailures: 1, restarts: 1 })
    work(10_000)
    expect(count(503)).toMatchObject({ whatsappFailures: 1 })
  })

  test('goes on when a connection was ended right after it had come about', () => {
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

  test('is not longer for a restart that WhatsApp asked for', () => {
    expect(count(515, 515, 503)).toMatchObject({ networkFailures: 1, whatsappFailures: 1, restarts: 2 })
  })

  test('is not longer for a transport that broke, whatever the code', () => {
    failures.count({ code: 500, transport: 'broken' }, known)
    expect(count(503)).toMatchObject({ networkFailures: 1, whatsappFailures: 1 })
  })

  test('carries what is known of the session', () => {
    expect(failures.count({ code: 401 }, { everLoggedIn: false, paired: true, qrShown: true })).toMatchObject({
      everLoggedIn: false,
      paired: true,
    })
  })

  test('of QR codes that nobody scans is not ended by the next QR code, but by a device that works', () => {
    const unpaired = { everLoggedIn: false, paired: false, qrShown: true }
    for (const rounds of [1, 2, 3]) {
      work(MINUTE_MS)
      expect(failures.count({ code: 408 }, unpaired)).toMatchObject({ pairingRounds: rounds })
    }
    work(MINUTE_MS)
    expect(count(515)).toMatchObject({ pairingRounds: 1 })
  })

  test('is forgotten when somebody asks for a new beginning', () => {
    count(428, 503, 515, 440)
    failures.forget()
    expect(count(428)).toMatchObject({ networkFailures: 1, whatsappFailures: 1, restarts: 1, replacedWithinHour: 0 })
  })
})

describe('the next owner', () => {
  test('goes on counting where this one was, of what is not the network', () => {
    count(503, 500, 440, 428, 428)
    const next = new Failures(systemClock)
    next.recall(failures.record)
    expect(next.count({ code: 503 }, known)).toMatchObject({ whatsappFailures: 3, networkFailures: 1, replacedWithinHour: 1 })
  })

  test('knows that the session had come to work since', () => {
    count(503, 503)
    failures.opened()
    const next = new Failures(systemClock)
    next.recall(failures.record)
    vi.advanceTimersByTime(10_000)
    expect(next.count({ code: 503 }, known)).toMatchObject({ whatsappFailures: 1 })
  })
})

describe('having been replaced', () => {
  test('is remembered for an hour, this time not included', () => {
    expect(count(440)).toMatchObject({ replacedWithinHour: 0 })
    vi.advanceTimersByTime(59 * MINUTE_MS)
    expect(count(440)).toMatchObject({ replacedWithinHour: 1 })
    vi.advanceTimersByTime(61 * MINUTE_MS)
    expect(count(440)).toMatchObject({ replacedWithinHour: 0 })
  })

  test('is remembered although the session worked in between', () => {
    count(440)
    failures.opened()
    expect(count(440)).toMatchObject({ replacedWithinHour: 1 })
  })

  test('is a failure neither of the network nor of WhatsApp', () => {
    expect(count(440, 440, 428)).toMatchObject({ networkFailures: 1, whatsappFailures: 1 })
  })
})
