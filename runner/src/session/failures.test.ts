import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '@holdfast/core/system-clock'
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

const count = (...codes: (number | undefined)[]) => codes.map((code) => failures.count(code, known)).at(-1)

describe('the row of failures', () => {
  test('counts what the network did apart from what WhatsApp did', () => {
    expect(count(428, 408, undefined, 503, 500)).toMatchObject({ networkFailures: 3, whatsappFailures: 2 })
  })

  test('ends when the session works again', () => {
    count(428, 428, 503)
    failures.opened()
    expect(count(428)).toMatchObject({ networkFailures: 1, whatsappFailures: 1 })
  })

  test('is not longer for a restart that WhatsApp asked for', () => {
    expect(count(515, 515, 503)).toMatchObject({ networkFailures: 1, whatsappFailures: 1 })
  })

  test('carries what is known of the session', () => {
    expect(failures.count(401, { everLoggedIn: false, paired: true, qrShown: true })).toMatchObject({
      everLoggedIn: false,
      paired: true,
    })
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
