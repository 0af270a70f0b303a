import { expect, test } from 'vitest'
import { differences } from './differences.ts'

test('only wanted fields are compared, because Google adds its own', () => {
  expect(differences({ a: { b: 1 } }, { a: { b: 1, etag: 'x' }, name: 'n' })).toEqual([])
})

test('a difference names the field, what is there and what is wanted', () => {
  const want = { spec: { containers: [{ image: 'two', env: [] }] } }
  expect(differences(want, { spec: { containers: [{ image: 'one' }] } })).toEqual([
    { path: 'spec.containers[0].image', have: 'one', want: 'two' },
  ])
})

test('lists of different lengths differ as a whole', () => {
  expect(differences({ rules: [1, 2] }, { rules: [1] })).toEqual([{ path: 'rules', have: [1], want: [1, 2] }])
})

test('a field that Google leaves out is false, zero or empty', () => {
  expect(differences({ enabled: false, xPos: 0, labels: [], text: '' }, {})).toEqual([])
  expect(differences({ enabled: true }, {})).toEqual([{ path: 'enabled', have: undefined, want: true }])
})

test('a field that is there and not wanted so differs, even where nothing is wanted', () => {
  expect(differences({ enabled: false, labels: [] }, { enabled: true, labels: ['a'] })).toHaveLength(2)
})
