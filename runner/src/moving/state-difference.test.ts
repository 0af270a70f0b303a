import { expect, test } from 'vitest'
import { StateImage } from '@holdfast/core/journal/state-image'
import { differenceOf } from './state-difference.ts'

const state = (session: Record<string, string>, creds = 'creds'): StateImage => {
  const image = new StateImage()
  image.apply({ creds, keys: { session, meta: { everLoggedIn: '1' } } })
  return image
}

test('a difference of two states is the kind of the first entry that differs, in either', () => {
  const one = state({ a: '1', b: '2' })
  expect(differenceOf(one, state({ b: '2', a: '1' }))).toBeNull()
  expect(differenceOf(one, state({ a: '1', b: '3' }))).toBe('session')
  expect(differenceOf(one, state({ a: '1' }))).toBe('session')
  expect(differenceOf(one, state({ a: '1', b: '2', c: '3' }))).toBe('session')
  expect(differenceOf(one, state({ a: '1', c: '2' }))).toBe('session')
  expect(differenceOf(one, state({ a: '1', b: '2' }, 'others'))).toBe('creds')
})
