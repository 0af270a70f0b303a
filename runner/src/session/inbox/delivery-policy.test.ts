import { describe, expect, test } from 'vitest'
import { ATTEMPTS, BEGUN_AT_MOST, firstStep, isToPark } from './delivery-policy.ts'

describe('a stanza that could not be read', () => {
  test.each([
    [1, false, false],
    [ATTEMPTS - 1, false, false],
    [ATTEMPTS, false, true],
    [ATTEMPTS + 1, false, true],
    [1, true, true],
  ])('at delivery %s, parked before: %s, is parked: %s', (attempts, wasParked, parked) => {
    expect(isToPark({ attempts, wasParked })).toBe(parked)
  })
})

describe('a new ciphertext', () => {
  test('is decrypted at once by a session without suspicion, whatever an earlier owner counted', () => {
    expect(firstStep({ isSuspect: false, begun: 0 })).toBe('decrypt')
    expect(firstStep({ isSuspect: false, begun: BEGUN_AT_MOST })).toBe('decrypt')
  })

  test('is counted by a suspected session, and parked once two deliveries started without an end', () => {
    expect([0, 1, 2, 3].map((begun) => firstStep({ isSuspect: true, begun }))).toEqual(['count', 'count', 'park', 'park'])
  })
})
