import { describe, expect, test } from 'vitest'
import { type RecordLevels, areRising, cleanUpFrom, levelOf } from './record-levels.ts'

const PRESENT: RecordLevels = { scale: 'present', from: {} }
const OLDER: RecordLevels = { scale: 'older', from: {} }

describe('the level of a number of records', () => {
  test.each([
    [0, 'healthy'],
    [149, 'healthy'],
    [150, 'warning'],
    [170, 'critical'],
    [175, 'cleanup'],
    [180, 'emergency'],
    [185, 'danger'],
    [9000, 'danger'],
  ])('%i records are %s', (records, name) => expect(levelOf(records, PRESENT).name).toBe(name))

  test.each([
    [99, 'healthy'],
    [100, 'monitor'],
    [120, 'warning'],
    [150, 'cleanup'],
    [180, 'critical'],
    [200, 'fatal'],
  ])('%i records are %s on the older scale', (records, name) => expect(levelOf(records, OLDER).name).toBe(name))

  test('begins where the tenant says, and the others where they did', () => {
    const levels: RecordLevels = { scale: 'present', from: { warning: 20, fatal: 1 } }
    expect([levelOf(20, levels).name, levelOf(169, levels).name, levelOf(170, levels).name]).toEqual([
      'warning',
      'warning',
      'critical',
    ])
  })

  test('asks for clean-up after a pause from one number on, and at once from another one on', () => {
    const asked = (levels: RecordLevels, ...numbers: number[]) => numbers.map((records) => levelOf(records, levels).cleanUp)
    expect(asked(PRESENT, 174, 175, 179, 180)).toEqual(['none', 'triggered', 'triggered', 'at-once'])
    expect(asked(OLDER, 149, 150, 179, 180)).toEqual(['none', 'triggered', 'triggered', 'at-once'])
    expect([cleanUpFrom(PRESENT), cleanUpFrom(OLDER)]).toEqual([175, 150])
  })
})

test('numbers that do not rise from level to level are not accepted', () => {
  expect(areRising({ scale: 'present', from: { warning: 10, critical: 20 } })).toBe(true)
  expect(areRising({ scale: 'present', from: { warning: 170 } })).toBe(false)
  expect(areRising({ scale: 'older', from: { critical: 140 } })).toBe(false)
})
