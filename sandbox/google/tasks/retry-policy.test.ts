import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from './queue-settings.ts'
import { nextPauseMs } from './retry-policy.ts'

const pauses = (count: number, settings: object) =>
  Array.from({ length: count }, (_, index) =>
    nextPauseMs({ ...DEFAULT_SETTINGS, ...settings }, { attempts: index + 1, sinceFirstMs: index * 1000 }),
  )

// The example of Google's documentation of `maxDoublings`.
test('the pause doubles, then grows evenly, then stays', () => {
  const settings = { minBackoffMs: 10_000, maxBackoffMs: 300_000, maxDoublings: 3 }
  expect(pauses(8, settings)).toEqual([10, 20, 40, 80, 160, 240, 300, 300].map((seconds) => seconds * 1000))
})

test('a task ends after its last attempt', () => {
  expect(pauses(3, { maxAttempts: 3, minBackoffMs: 100 })).toEqual([100, 200, null])
})

test('with a duration it goes on until both are used up', () => {
  expect(pauses(5, { maxAttempts: 2, maxRetryDurationMs: 3000 })).toEqual([100, 200, 400, null, null])
})

test('without a limit of attempts it never ends', () => {
  expect(nextPauseMs({ ...DEFAULT_SETTINGS, maxAttempts: -1 }, { attempts: 10_000, sinceFirstMs: 1e9 })).toBe(3_600_000)
})
