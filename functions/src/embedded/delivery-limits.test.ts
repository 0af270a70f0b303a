import { expect, test } from 'vitest'
import { RETRIES } from '../tasks/queues.ts'
import { DispatchRate, pauseAfter } from './delivery-limits.ts'

test('the pause doubles up to the limit, and the last failure ends the task', () => {
  const pauses = [1, 2, 3, 6, 7, 19, 20].map((attempts) => pauseAfter(RETRIES, attempts))
  expect(pauses).toEqual([1000, 2000, 4000, 32_000, 60_000, 60_000, null])
})

test('after its doublings the pause grows by equal steps', () => {
  const queue = { retryConfig: { maxAttempts: 9, minBackoffSeconds: 1, maxBackoffSeconds: 3600, maxDoublings: 2 } }
  expect([1, 2, 3, 4, 5].map((attempts) => pauseAfter(queue, attempts))).toEqual([1000, 2000, 4000, 8000, 12_000])
})

test('no more deliveries begin within a second than the limit', () => {
  const rate = new DispatchRate(2)
  expect([rate.take(0), rate.take(400), rate.take(500), rate.take(1000), rate.take(1001)]).toEqual([0, 0, 500, 0, 399])
})
