import { expect, test } from 'vitest'
import { nearestOf } from './nearest.ts'

const NAMES = ['TIME_ZONE', 'LOG_LEVEL', 'MAX_RETRY_ATTEMPTS']

test.each([
  ['TIMEZONE', 'TIME_ZONE'],
  ['TIME_ZOEN', 'TIME_ZONE'],
  ['MAX_RETRIES_ATTEMPS', 'MAX_RETRY_ATTEMPTS'],
  ['LOGLEVEL', 'LOG_LEVEL'],
])('%s is a slip of %s', (given, meant) => {
  expect(nearestOf(given, NAMES)).toBe(meant)
})

test('a word that is like none has no nearest', () => {
  expect(nearestOf('COLOUR', NAMES)).toBeNull()
  expect(nearestOf('TZ', NAMES)).toBeNull()
  expect(nearestOf('TIME_ZONE', [])).toBeNull()
})
