import { expect, it } from 'vitest'
import { afterFailedFetch } from './fetch-policy.ts'

it('a medium is tried again for a week, at first soon', () => {
  expect(afterFailedFetch(1, null)).toEqual({ delayMs: 2000 })
  expect(afterFailedFetch(13, null)).toEqual({ delayMs: 86_400_000 })
  expect(afterFailedFetch(14, null)).toBe('give-up')
})

it('a medium that the phone does not have, or that is too large, is given up at once, a damaged one after some attempts', () => {
  expect(afterFailedFetch(1, 'no-longer')).toBe('give-up')
  expect(afterFailedFetch(1, 'too-large')).toBe('give-up')
  expect(afterFailedFetch(3, 'damaged')).toEqual({ delayMs: 60_000 })
  expect(afterFailedFetch(4, 'damaged')).toBe('give-up')
})

it('a wait for the connection is no attempt', () => {
  expect(afterFailedFetch(0, null)).toEqual({ delayMs: 60_000 })
})
