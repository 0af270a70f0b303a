import { expect, it } from 'vitest'
import { maskedName, pushNameOf } from './push-name.ts'

it('a masked name has the first letter of the name, also where that is no single unit, and hides its length', () => {
  expect(['Ana Silva', '😀 Bob', 'Z'].map(maskedName)).toEqual(['A…', '😀…', 'Z…'])
  expect([maskedName(''), maskedName(null)]).toEqual(['', null])
})

it('a name is read from the sealed content, and from the document of an earlier version', () => {
  expect(pushNameOf({ pushName: 'A…' }, { pushName: 'Ana' })).toBe('Ana')
  expect(pushNameOf({ pushName: null }, { pushName: null })).toBeNull()
  expect(pushNameOf({ pushName: 'Ana' }, {})).toBe('Ana')
})
