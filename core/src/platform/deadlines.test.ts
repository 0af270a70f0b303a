import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Deadline } from './deadlines.ts'
import { systemClock } from './system-clock.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const PLAN = { first: 4000, second: 1000, last: 3000 }

test('the remaining time of a deadline never falls below zero', async () => {
  const deadline = new Deadline(systemClock, 1000)
  expect(deadline.remainingMs).toBe(1000)
  await vi.advanceTimersByTimeAsync(400)
  expect(deadline.remainingMs).toBe(600)
  await vi.advanceTimersByTimeAsync(2000)
  expect(deadline.remainingMs).toBe(0)
})

test('a step gets its planned time while the deadline has enough for all steps', async () => {
  const deadline = new Deadline(systemClock, 8000)
  expect(deadline.forStep(PLAN, 'first').remainingMs).toBe(4000)
  // The first step took no time, which lengthens no other step.
  expect(deadline.forStep(PLAN, 'second').remainingMs).toBe(1000)
  await vi.advanceTimersByTimeAsync(4000)
  expect(deadline.forStep(PLAN, 'second').remainingMs).toBe(1000)
})

test('a step gets its share of the remaining time when the deadline has too little for all steps', async () => {
  const deadline = new Deadline(systemClock, 8000)
  await vi.advanceTimersByTimeAsync(6000)
  expect(deadline.forStep(PLAN, 'first').remainingMs).toBe(1000)
  expect(deadline.forStep(PLAN, 'second').remainingMs).toBe(500)
  expect(deadline.forStep(PLAN, 'last').remainingMs).toBe(2000)
  await vi.advanceTimersByTimeAsync(6000)
  expect(deadline.forStep(PLAN, 'last').remainingMs).toBe(0)
})

test('steps that use all of their time end with the deadline', async () => {
  const deadline = new Deadline(systemClock, 8000)
  await vi.advanceTimersByTimeAsync(3000)
  for (const step of ['first', 'second', 'last'] as const) {
    await vi.advanceTimersByTimeAsync(deadline.forStep(PLAN, step).remainingMs)
  }
  expect(deadline.remainingMs).toBe(0)
})

test('a wait ends with the work or with its time, and leaves no timer behind', async () => {
  const deadline = new Deadline(systemClock, 1000)
  expect(await deadline.wait(Promise.resolve('done'))).toBe('done')
  await expect(deadline.wait(Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(vi.getTimerCount()).toBe(0)
  const waiting = deadline.wait(new Promise<string>(() => {}))
  await vi.advanceTimersByTimeAsync(1000)
  expect(await waiting).toBeUndefined()
})
