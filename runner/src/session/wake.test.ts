import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { Wake } from './wake.ts'

let wake: Wake

beforeEach(() => {
  vi.useFakeTimers()
  wake = new Wake(systemClock)
})

afterEach(() => {
  vi.useRealTimers()
})

/** Observes whether the wait has ended. */
const watch = (wait: Promise<void>) => {
  const seen = { ended: false }
  void wait.then(() => (seen.ended = true))
  return seen
}

const settle = () => vi.advanceTimersByTimeAsync(0)

test('a call ends the wait', async () => {
  const wait = watch(wake.wait(Number.POSITIVE_INFINITY))
  await settle()
  expect(wait.ended).toBe(false)
  wake.call()
  await settle()
  expect(wait.ended).toBe(true)
})

test('a call without a wait ends the next wait at once', async () => {
  wake.call()
  const wait = watch(wake.wait(Number.POSITIVE_INFINITY))
  await settle()
  expect(wait.ended).toBe(true)
})

test('several calls before a wait end only one wait', async () => {
  wake.call()
  wake.call()
  await wake.wait(Number.POSITIVE_INFINITY)
  const again = watch(wake.wait(Number.POSITIVE_INFINITY))
  await settle()
  expect(again.ended).toBe(false)
})

test('the wait ends at its time, and at once when that is past', async () => {
  const wait = watch(wake.wait(systemClock.now() + 1000))
  await vi.advanceTimersByTimeAsync(999)
  expect(wait.ended).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(wait.ended).toBe(true)
  const late = watch(wake.wait(systemClock.now() - 1))
  await settle()
  expect(late.ended).toBe(true)
})

test('a call leaves no timer behind', async () => {
  const wait = wake.wait(systemClock.now() + 60_000)
  wake.call()
  await wait
  expect(vi.getTimerCount()).toBe(0)
})
