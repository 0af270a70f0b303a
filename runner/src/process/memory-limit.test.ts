import { describe, expect, test } from 'vitest'
import { countHighLooks, isTimeToLeave } from './memory-limit.ts'

const POLICY = { abovePercentage: 90, looks: 3 }

/** The look at which the runner leaves, counted from 1. Null when the runner stays. */
function leavesAt(percentages: readonly (number | null)[]): number | null {
  let high = 0
  for (const [index, percentage] of percentages.entries()) {
    high = countHighLooks(high, percentage, POLICY)
    if (isTimeToLeave(high, POLICY)) return index + 1
  }
  return null
}

describe('a runner', () => {
  test.each<[string, (number | null)[], number | null]>([
    ['leaves at the third look above its share', [95, 95, 95], 3],
    ['leaves when its memory fills at once and stays full', [50, 100, 100, 100], 4],
    ['stays at exactly its share', [90, 90, 90, 90], null],
    ['stays after two high looks', [95, 95, 40, 95, 95, 40], null],
    ['counts anew after a low look', [95, 95, 40, 95, 95, 95], 6],
    ['stays without a known limit, whatever it uses', [null, null, null, null], null],
    ['counts anew after a look without a known limit', [95, 95, null, 95, 95], null],
  ])('%s', (_, percentages, expected) => {
    expect(leavesAt(percentages)).toBe(expected)
  })

  test('leaves at the first high look with a policy of one look', () => {
    const hasty = { abovePercentage: 50, looks: 1 }
    expect(isTimeToLeave(countHighLooks(0, 50.1, hasty), hasty)).toBe(true)
    expect(isTimeToLeave(countHighLooks(0, 50, hasty), hasty)).toBe(false)
  })
})
