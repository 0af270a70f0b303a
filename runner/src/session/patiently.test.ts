import { systemClock } from '@holdfast/core/platform/system-clock'
import { expect, test } from 'vitest'
import { patiently } from './patiently.ts'

/** Answers when asked for the given time. */
const asked = (answersAt: number) => {
  let times = 0
  return async (): Promise<string> => {
    if (++times < answersAt) throw new Error(`away, ${times}`)
    return `answered, ${times}`
  }
}

const options = { clock: systemClock, pauseMs: 1, isOver: () => false, onFailure: () => {} }

test('who is asked patiently is asked until there is an answer', async () => {
  const failures: unknown[] = []
  const answer = await patiently(asked(4), { ...options, onFailure: (error) => failures.push(error) })
  expect([answer, failures.length]).toEqual(['answered, 4', 3])
})

test('when nobody waits any more, the last error is the answer', async () => {
  await expect(patiently(asked(4), { ...options, isOver: () => true })).rejects.toThrow('away, 1')
})
