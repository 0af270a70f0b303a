import { expect, it } from 'vitest'
import { mergePatch } from './merge-patch.ts'

it.each([
  ['replaces a value', { a: 'b' }, { a: 'c' }, { a: 'c' }],
  ['adds a value', { a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  ['removes a value', { a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  ['replaces a list whole', { a: [1, 2] }, { a: [3] }, { a: [3] }],
  ['changes what an inner object names', { a: { b: 'c', d: 1 } }, { a: { b: 'd', d: null } }, { a: { b: 'd' } }],
  ['makes an object where there was none', { a: 1 }, { a: { b: { c: null } } }, { a: { b: {} } }],
  ['leaves out what is undefined', { a: 1 }, { a: undefined, b: { c: undefined } }, { a: 1, b: {} }],
  ['begins with nothing', null, { a: false }, { a: false }],
])('a merge patch %s', (_, target, patch, expected) => {
  expect(mergePatch(target, patch)).toEqual(expected)
})

it('a merge patch changes no prototype', () => {
  const patch = JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>
  expect((mergePatch({}, patch) as { polluted?: boolean }).polluted).toBeUndefined()
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})
