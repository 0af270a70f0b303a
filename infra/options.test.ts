import { expect, test } from 'vitest'
import { BadOption } from './command-line.ts'
import { parseOptions } from './options.ts'

test('a verb is enough', () => {
  expect(parseOptions(['plan'])).toEqual({
    verb: 'plan',
    file: 'infra/environments/production.json',
    firebase: ['npx', '--yes', 'firebase-tools@15.34.2'],
    only: '',
    sessions: undefined,
    withData: false,
    back: false,
    secret: '',
    finish: false,
    verify: {
      isAgreed: false,
      withLong: false,
      fromRegion: false,
      write: false,
      to: undefined,
      run: undefined,
      clean: undefined,
    },
    json: false,
  })
})

test.each([
  [[]],
  [['deploy']],
  [['plan', 'apply']],
  [['plan', '--force']],
  [['rotate']],
  [['rotate', 'API_KEY', 'OTHER_KEY']],
  [['plan', '--sessions', '0']],
  [['plan', '--sessions', 'all']],
])('%j is refused', (args) => {
  expect(() => parseOptions(args)).toThrow(BadOption)
})

test('data goes only when that is said', () => {
  expect(parseOptions(['destroy'])).toMatchObject({ withData: false })
  expect(parseOptions(['destroy', '--delete-data'])).toMatchObject({ withData: true })
})

test('a rotation names its secret', () => {
  expect(parseOptions(['rotate', 'API_KEY', '--finish'])).toMatchObject({ verb: 'rotate', secret: 'API_KEY', finish: true })
})

test('a run is named by letters and digits, because things of Google are named after it', () => {
  expect(parseOptions(['verify-live', '--yes', '--run', 'a1b2c3', '--only', 'tasks'])).toMatchObject({
    only: 'tasks',
    verify: { isAgreed: true, run: 'a1b2c3' },
  })
  expect(() => parseOptions(['verify-live', '--clean', '../x'])).toThrow('4 to 12')
})
