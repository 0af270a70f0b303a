import { expect, test } from 'vitest'
import { BadOption, parseOptions } from './options.ts'

test('a verb is enough', () => {
  expect(parseOptions(['plan'])).toEqual({
    verb: 'plan',
    file: 'infra/environments/production.json',
    firebase: ['npx', '--yes', 'firebase-tools@15.34.2'],
    only: '',
    sessions: undefined,
    withData: false,
    back: false,
    json: false,
  })
})

test.each([
  [[]],
  [['deploy']],
  [['plan', 'apply']],
  [['plan', '--force']],
  [['plan', '--sessions', '0']],
  [['plan', '--sessions', 'all']],
])('%j is refused', (args) => {
  expect(() => parseOptions(args)).toThrow(BadOption)
})

test('data goes only when that is said', () => {
  expect(parseOptions(['destroy'])).toMatchObject({ withData: false })
  expect(parseOptions(['destroy', '--delete-data'])).toMatchObject({ withData: true })
})
