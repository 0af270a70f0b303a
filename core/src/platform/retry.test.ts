import { expect, test } from 'vitest'
import { retry } from './retry.ts'
import { systemClock } from './system-clock.ts'

/** Returns a call that fails until the given attempt. */
const failingUntil = (answersAt: number) => {
  let times = 0
  return async (): Promise<string> => {
    if (++times < answersAt) throw new Error(`away, ${times}`)
    return `answered, ${times}`
  }
}

const options = { clock: systemClock, timer: 'ask-again', pauseMs: () => 1 } as const

test('a retry goes on until the call succeeds', async () => {
  const failures: unknown[] = []
  const pauses: number[] = []
  const answer = await retry(failingUntil(4), {
    ...options,
    pauseMs: (count) => pauses.push(count),
    onFailure: (error, count) => failures.push([(error as Error).message, count]),
  })
  expect(answer).toBe('answered, 4')
  expect(failures).toEqual([
    ['away, 1', 1],
    ['away, 2', 2],
    ['away, 3', 3],
  ])
  expect(pauses).toEqual([1, 2, 3])
})

test('the last error is thrown when no retry is allowed', async () => {
  await expect(retry(failingUntil(4), { ...options, mayRetry: () => false })).rejects.toThrow('away, 1')
  await expect(retry(failingUntil(4), { ...options, mayRetry: (failures) => failures < 3 })).rejects.toThrow('away, 3')
})

test('a signal ends the pause and the retries', async () => {
  const leaving = new AbortController()
  const retried = retry(failingUntil(4), {
    ...options,
    pauseMs: () => 60_000,
    onFailure: () => leaving.abort(),
    signal: leaving.signal,
  })
  await expect(retried).rejects.toThrow('away, 1')
})
