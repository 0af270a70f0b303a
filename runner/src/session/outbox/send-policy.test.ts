import { describe, expect, test } from 'vitest'
import { afterFailure, DEFAULT_SEND_POLICY } from './send-policy.ts'

const MINUTE_MS = 60_000

describe('after an attempt that failed', () => {
  test('the next ones come after 0, 5, 15, 30, 60 and 120 minutes, and then it has failed', () => {
    const decisions = [1, 2, 3, 4, 5, 6, 7].map((attempts) => afterFailure(DEFAULT_SEND_POLICY, 'whatsapp-479', attempts))
    expect(decisions).toEqual([
      ...[0, 5, 15, 30, 60, 120].map((minutes) => ({ action: 'retry', delayMs: minutes * MINUTE_MS })),
      { action: 'fail' },
    ])
  })

  test('the last delay repeats when more attempts are allowed than there are delays', () => {
    const policy = { ...DEFAULT_SEND_POLICY, maxRetries: 10, retryDelaysMs: [0, 1000] }
    expect(afterFailure(policy, 'send-failed', 9)).toEqual({ action: 'retry', delayMs: 1000 })
  })

  test('without any retries allowed it has failed at once', () => {
    expect(afterFailure({ ...DEFAULT_SEND_POLICY, maxRetries: 0 }, 'send-failed', 1)).toEqual({ action: 'fail' })
  })

  test('it counts as the first one when no attempt was recorded yet', () => {
    expect(afterFailure(DEFAULT_SEND_POLICY, 'send-failed', 0)).toEqual({ action: 'retry', delayMs: 0 })
  })

  test('is not tried again at once when WhatsApp restricts the account: that would count against it', () => {
    const delays = [1, 2, 3].map((refusals) => afterFailure(DEFAULT_SEND_POLICY, 'whatsapp-463', refusals))
    expect(delays).toEqual([5, 5, 15].map((minutes) => ({ action: 'retry', delayMs: minutes * MINUTE_MS })))
  })

  test.each(['not-on-whatsapp', 'whatsapp-400', 'whatsapp-404', 'whatsapp-406'])('%s is final', (code) => {
    expect(afterFailure(DEFAULT_SEND_POLICY, code, 1)).toEqual({ action: 'fail' })
  })
})
