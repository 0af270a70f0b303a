import { describe, expect, test } from 'vitest'
import { parseOptions } from './options.ts'

describe('the options of npm run crashpoints', () => {
  test('default to all scenarios with a random seed', () => {
    const { scenarios, all, stages, seed } = parseOptions([])
    expect([scenarios.length > 10, all, stages]).toEqual([true, false, 3])
    expect(seed).toBeGreaterThanOrEqual(0)
  })

  test('select scenarios, a point and a seed', () => {
    const options = parseOptions(['--only', 'claim, drain', '--seed', '7', '--point', 'commit', '--json'])
    expect(options).toMatchObject({ scenarios: ['claim', 'drain'], seed: 7, point: 'commit', json: true })
  })

  test.each([
    [['--only', 'claims'], /--only must be one of: .*claim/],
    [['--seed', '-1'], /--seed/],
    [['--stages', '0'], /--stages must be 1 to 16/],
    [['--kills', '3'], /kills/],
  ])('%j are refused with the reason', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message)
  })
})
