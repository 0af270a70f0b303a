import { expect, it } from 'vitest'
import { backoffMs, spreadMs } from './backoff.ts'
import type { Random } from './ports.ts'
import { DEFAULT_RECONNECT_POLICY } from '../session/disconnect-policy.ts'

const always = (fraction: number): Random => ({ fraction: () => fraction, bytes: (length) => Buffer.alloc(length) })

it.each([
  [1, 500, 1000],
  [2, 1000, 2000],
  [6, 16_000, 32_000],
  [7, 30_000, 60_000],
  [8, 30_000, 60_000],
  [100_000, 30_000, 60_000],
])('failure %i waits between %i and %i ms', (failures, least, most) => {
  expect(backoffMs(DEFAULT_RECONNECT_POLICY.network, failures, always(0))).toBe(least)
  expect(backoffMs(DEFAULT_RECONNECT_POLICY.network, failures, always(0.999_999_999))).toBe(most)
})

it.each([0, 1000, 60_000])('a spread delay of %i ms is at least that long, and at most a fifth longer', (delayMs) => {
  expect(spreadMs(delayMs, always(0))).toBe(delayMs)
  expect(spreadMs(delayMs, always(0.999_999_999))).toBe(delayMs * 1.2)
})
