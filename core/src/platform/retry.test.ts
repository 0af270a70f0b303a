import { expect, test } from 'vitest'
import { retry } from './retry.ts'
import { systemClock } from './system-clock.ts'

/** Fails until it is asked for the given time. */
const asked = (answersAt: number) => {
  let times = 0
  return async (): Promise<string> => {
    if (++times < answersAt) throw new Error(`away, ${times}`)
    return `answered, ${times}`
  }
}

const options = { clock: systemClock, timer: 'ask-again', pauseMs: () => 1 } as const

test('a retry goes on until there is an answer', async () => {
  const failures: unknown[] = []
  const pauses: number[] = []
  const answer = await retry(asked(4), {
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

test('when no retry is allowed any more, the last error is the answer', async () => {
  await expect(retry(asked(4), { ...options, mayRetry: () => false })).rejects.toThrow('away, 1')
  await expect(retry(asked(4), { ...options, mayRetry: (failures) => failures < 3 })).rejects.toThrow('away, 3')
})

test('a signal ends the pause and the retries', async () => {
  const leaving = new AbortController()
  const retried = retry(asked(4), { ...options, pauseMs: () => 60_000, onFailure: () => leaving.abort(), signal: leaving.signal })
  await expect(retried).rejects.toThrow('away, 1')
})
