import { expect, it } from 'vitest'
import { NETWORK_BACKOFF, backoffMs } from './backoff.ts'
import type { Random } from './ports.ts'

const always = (fraction: number): Random => ({ fraction: () => fraction, bytes: (length) => Buffer.alloc(length) })

it.each([
  [1, 500, 1000],
  [2, 1000, 2000],
  [6, 16_000, 32_000],
  [7, 30_000, 60_000],
  [8, 30_000, 60_000],
  [100_000, 30_000, 60_000],
])('failure %i waits between %i and %i ms', (failures, least, most) => {
  expect(backoffMs(NETWORK_BACKOFF, failures, always(0))).toBe(least)
  expect(backoffMs(NETWORK_BACKOFF, failures, always(0.999_999_999))).toBe(most)
})
