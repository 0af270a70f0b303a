import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { expect, test } from 'vitest'
import { untilStored } from './groups.ts'

/** A clock that a sleep moves at once. */
function movedBySleep(): Clock {
  let passedMs = 0
  const sleep = (ms: number): Promise<void> => {
    passedMs += ms
    return Promise.resolve()
  }
  return { ...systemClock, monotonic: () => passedMs, sleep }
}

test('a list that is stored a moment after the answer is waited for, and is not shown as empty', async () => {
  const looks = [null, null, ['a group']]
  expect(await untilStored(movedBySleep(), () => Promise.resolve(looks.shift() ?? null))).toEqual(['a group'])
})

test('a list that is not stored in time is a problem, and is not shown as empty', async () => {
  await expect(untilStored(movedBySleep(), () => Promise.resolve(null))).rejects.toMatchObject({ code: 'no-answer' })
})
