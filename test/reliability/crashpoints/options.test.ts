import { describe, expect, test } from 'vitest'
import { parseOptions } from './options.ts'

describe('the options of npm run crashpoints', () => {
  test('are all scenarios with a seed of chance, unless told otherwise', () => {
    const { scenarios, all, stages, seed } = parseOptions([])
    expect([scenarios.length > 10, all, stages]).toEqual([true, false, 3])
    expect(seed).toBeGreaterThanOrEqual(0)
  })

  test('name scenarios, a point and a seed', () => {
    const options = parseOptions(['--only', 'claim, drain', '--seed', '7', '--point', 'commit', '--json'])
    expect(options).toMatchObject({ scenarios: ['claim', 'drain'], seed: 7, point: 'commit', json: true })
  })

  test.each([
    [['--only', 'claims'], /--only must be one of: .*claim/],
    [['--seed', '-1'], /--seed/],
    [['--stages', '0'], /--stages must be 1 to 16/],
    [['--kills', '3'], /kills/],
  ])('%j are refused with what is wrong', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message)
  })
})
