import { describe, expect, test } from 'vitest'
import { afterFailure, DEFAULT_SEND_POLICY } from './send-policy.ts'

const MINUTE_MS = 60_000
const ORDINARY = { retryDelaysMs: null }

describe('a job whose attempt failed', () => {
  test('is tried again after 0, 5, 15, 30, 60 and 120 minutes, and then fails', () => {
    const decisions = [1, 2, 3, 4, 5, 6, 7].map((attempts) =>
      afterFailure(DEFAULT_SEND_POLICY, ORDINARY, 'whatsapp-479', attempts),
    )
    expect(decisions).toEqual([
      ...[0, 5, 15, 30, 60, 120].map((minutes) => ({ action: 'retry', delayMs: minutes * MINUTE_MS })),
      { action: 'fail' },
    ])
  })

  test('has the delays and the number of retries of its request, if that names any', () => {
    const own = { retryDelaysMs: [1000, 2000] }
    const decisions = [1, 2, 3].map((refusals) => afterFailure(DEFAULT_SEND_POLICY, own, 'send-failed', refusals))
    expect(decisions).toEqual([{ action: 'retry', delayMs: 1000 }, { action: 'retry', delayMs: 2000 }, { action: 'fail' }])
  })

  test('repeats the last delay when more attempts are allowed than there are delays', () => {
    const policy = { ...DEFAULT_SEND_POLICY, maxRetries: 10, retryDelaysMs: [0, 1000] }
    expect(afterFailure(policy, ORDINARY, 'send-failed', 9)).toEqual({ action: 'retry', delayMs: 1000 })
  })

  test('fails at once when no retries are allowed', () => {
    expect(afterFailure({ ...DEFAULT_SEND_POLICY, maxRetries: 0 }, ORDINARY, 'send-failed', 1)).toEqual({ action: 'fail' })
  })

  test('gets the first delay when no refusal is recorded', () => {
    expect(afterFailure(DEFAULT_SEND_POLICY, ORDINARY, 'send-failed', 0)).toEqual({ action: 'retry', delayMs: 0 })
  })

  test('is never tried again at once when WhatsApp restricts the account, which would prolong the restriction', () => {
    const delays = [1, 2, 3].map((refusals) => afterFailure(DEFAULT_SEND_POLICY, ORDINARY, 'whatsapp-463', refusals))
    expect(delays).toEqual([5, 5, 15].map((minutes) => ({ action: 'retry', delayMs: minutes * MINUTE_MS })))
  })

  test.each(['not-on-whatsapp', 'whatsapp-400', 'whatsapp-404', 'whatsapp-406'])('fails at once with %s', (code) => {
    expect(afterFailure(DEFAULT_SEND_POLICY, ORDINARY, code, 1)).toEqual({ action: 'fail' })
  })
})
