import { expect, test } from 'vitest'
import { planCleanUp } from './clean-up-plan.ts'
import type { KeyChanges } from './mutation.ts'
import { bookId, withBooks } from './record-books.ts'
import { StateImage } from './state-image.ts'

const TODAY = 20_000
const POLICY = { sessionDays: 14, senderKeyDays: 3, maxPreKeys: 50 }
const isOwn = (name: string): boolean => name.includes('::4900::7')

function imageOf(keys: KeyChanges): StateImage {
  const image = new StateImage()
  image.apply({ keys })
  return image
}

const planOf = (keys: KeyChanges, policy = POLICY) => planCleanUp(imageOf(keys), policy, TODAY, isOwn)

const used = (...days: [kind: 'session' | 'sender-key' | 'sender-key-memory', id: string, daysAgo: number][]) =>
  Object.fromEntries(days.map(([kind, id, daysAgo]) => [bookId(kind, id), String(TODAY - daysAgo)]))

const some = (number: number) => Object.fromEntries(Array.from({ length: number }, (_, index) => [String(index + 1), 'x']))

test('sessions go after more than 14 days without use, sender keys after more than 3', () => {
  const plan = planOf({
    session: { '1_1.0': 'a', '2_1.0': 'b' },
    'sender-key': { 'g::1_1::0': 'c', 'g::2_1::0': 'd' },
    'sender-key-memory': { g: 'e', h: 'f' },
    'last-use': used(
      ['session', '1_1.0', 14],
      ['session', '2_1.0', 15],
      ['sender-key', 'g::1_1::0', 3],
      ['sender-key', 'g::2_1::0', 4],
      ['sender-key-memory', 'g', 3],
      ['sender-key-memory', 'h', 4],
    ),
  })
  expect(plan.records).toEqual([
    { kind: 'session', id: '2_1.0', why: 'unused', unusedDays: 15 },
    { kind: 'sender-key', id: 'g::2_1::0', why: 'unused', unusedDays: 4 },
    { kind: 'sender-key-memory', id: 'h', why: 'unused', unusedDays: 4 },
  ])
  expect(plan.kept).toEqual({ session: { 'in-use': 1 }, 'sender-key': { 'in-use': 1 }, 'sender-key-memory': { 'in-use': 1 } })
})

test('a record whose use nobody noted counts as used today, and is named, so that its age begins', () => {
  const plan = planOf({ session: { '1_1.0': 'a' } })
  expect([plan.records, plan.unknown]).toEqual([[], ['session 1_1.0']])
})

test('a record under a phone number stays, because its LID may become known; our own sender key has no other name', () => {
  const plan = planOf({
    session: { '4911.0': 'a' },
    'sender-key': { 'g::4911::0': 'b', 'g::4900::7': 'c' },
    'last-use': used(['session', '4911.0', 90], ['sender-key', 'g::4911::0', 90], ['sender-key', 'g::4900::7', 90]),
  })
  expect(plan.records.map(({ id }) => id)).toEqual(['g::4900::7'])
})

test('no pre-key goes while nobody knows what the server offers', () => {
  expect(planOf({ 'pre-key': some(812) }).records).toEqual([])
})

test('the newest pre-keys stay: as many as the server may offer, and at least 50', () => {
  const ids = (count: number) =>
    planOf({ 'pre-key': some(200), 'offered-pre-keys': { last: JSON.stringify({ count, newest: 200 }) } }).records.map(({ id }) =>
      Number(id),
    )
  expect([ids(120).length, Math.max(...ids(120))]).toEqual([80, 80])
  expect([ids(5).length, Math.max(...ids(5))]).toEqual([150, 150])
})

test('credentials, app state, LIDs, identities and all other kinds never go', () => {
  const other = some(500)
  const plan = planOf({ 'identity-key': other, 'app-state-sync-key': other, 'lid-mapping': other, tctoken: other, inbox: other })
  expect(plan.records).toEqual([])
})

test('a write notes the day of the use once, and a removal ends the note', () => {
  const image = new StateImage()
  const write = (value: string | null, day: number) => {
    const mutation = withBooks(image, { keys: { session: { '1_1.0': value } } }, day)
    image.apply(mutation)
    return mutation.keys?.['last-use']
  }
  expect(write('a', 5)).toEqual({ 'session 1_1.0': '5' })
  expect(write('b', 5)).toBeUndefined()
  expect(write('c', 6)).toEqual({ 'session 1_1.0': '6' })
  expect(write(null, 6)).toEqual({ 'session 1_1.0': null })
})

test('a write or a removal ends the entry about the archive, unless it is the move itself', () => {
  const place = '{"seq":4,"epoch":1}'
  const image = imageOf({ archived: { 'session 1_1.0': place, 'session 2_1.0': place } })
  expect(withBooks(image, { keys: { session: { '1_1.0': 'new', '2_1.0': null } } }, null).keys?.archived).toEqual({
    'session 1_1.0': null,
    'session 2_1.0': null,
  })
  const move = { session: { '1_1.0': null }, archived: { 'session 1_1.0': '{"seq":9,"epoch":2}' } }
  expect(withBooks(image, { keys: move }, null).keys?.archived).toEqual(move.archived)
})
