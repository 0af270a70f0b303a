import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { ServiceSight } from './service-sight.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const failing = (sight: ServiceSight, error: Error) => expect(sight.guard(Promise.reject(error))).rejects.toBe(error)

test('the calls that are made anyway tell whether a service works', async () => {
  const sight = new ServiceSight(systemClock)
  expect(sight.works).toBeUndefined()
  expect(await sight.guard(Promise.resolve(1))).toBe(1)
  expect(sight.works).toBe(true)
  await failing(sight, new Error('No answer within 20000 ms.'))
  expect(sight.works).toBe(false)
  await sight.guard(Promise.resolve())
  expect(sight.works).toBe(true)
})

test('a refusal is an answer, and a service that says it cannot is none', async () => {
  const sight = new ServiceSight(systemClock)
  await failing(sight, new HoldfastError('unavailable', 'The queue did not take a task.'))
  expect(sight.works).toBe(false)
  await failing(sight, new HoldfastError('already-exists', 'The object exists.'))
  expect(sight.works).toBe(true)
})

test('what is long ago tells nothing', async () => {
  const sight = new ServiceSight(systemClock)
  await failing(sight, new Error('away'))
  await vi.advanceTimersByTimeAsync(2 * 60_000)
  expect(sight.works).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(sight.works).toBeUndefined()
})
