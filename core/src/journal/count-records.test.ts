import { expect, test } from 'vitest'
import { countedTotal } from '../session/record-counts.ts'
import { countRecords, offeredPreKeys } from './count-records.ts'
import type { KeyChanges } from './mutation.ts'
import { StateImage } from './state-image.ts'
import { COUNTED_KINDS, STATE_KINDS } from './state-kinds.ts'

const some = (number: number, first = 1) =>
  Object.fromEntries(Array.from({ length: number }, (_, index) => [String(first + index), 'x']))

function imageOf(keys: KeyChanges): StateImage {
  const image = new StateImage()
  image.apply({ keys })
  return image
}

test('identities, app state, LIDs and everything that is no Signal record do not count', () => {
  const image = imageOf({
    session: some(3),
    'sender-key': some(2),
    'sender-key-memory': some(1),
    'identity-key': some(5),
    'lid-mapping': some(4),
    'app-state-sync-key': some(1),
    'app-state-sync-version': some(5),
    inbox: some(90),
    contact: some(90),
  })
  image.creds = '{}'
  const counts = countRecords(image)
  expect(counts).toEqual({ counted: { session: 3, 'sender-key': 2, 'sender-key-memory': 1, 'pre-key': 0 }, protected: 15 })
  expect(countedTotal(counts)).toBe(6)
})

test('pre-keys count only when the server has said that it offers fewer', () => {
  expect(countRecords(imageOf({ 'pre-key': some(812) })).counted['pre-key']).toBe(0)
  const offered = { 'offered-pre-keys': { last: '{"count":100,"newest":812}' } }
  expect(countRecords(imageOf({ 'pre-key': some(812), ...offered })).counted['pre-key']).toBe(712)
})

test('pre-keys that were made after the server counted may have been offered as well', () => {
  const image = imageOf({ 'pre-key': some(120), 'offered-pre-keys': { last: '{"count":5,"newest":100}' } })
  expect(offeredPreKeys(image)).toBe(25)
})

test('exactly the kinds with a rule for clean-up are counted', () => {
  const withRule = Object.entries(STATE_KINDS).flatMap(([kind, entry]) => ('cleanUp' in entry ? [kind] : []))
  expect(withRule.toSorted()).toEqual([...COUNTED_KINDS].toSorted())
})
