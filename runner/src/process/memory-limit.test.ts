import { describe, expect, test } from 'vitest'
import { countHighLooks, isTimeToLeave } from './memory-limit.ts'

const POLICY = { abovePercentage: 90, looks: 3 }

/** At which look, counted from 1, the runner leaves; null when it stays. */
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
    ['leaves when it is full at once and stays so', [50, 100, 100, 100], 4],
    ['stays at the share itself', [90, 90, 90, 90], null],
    ['stays when it was above for two looks only', [95, 95, 40, 95, 95, 40], null],
    ['counts anew after a look below', [95, 95, 40, 95, 95, 95], 6],
    ['stays when nobody knows its limit, whatever it uses', [null, null, null, null], null],
    ['counts anew when the limit is not known for a look', [95, 95, null, 95, 95], null],
  ])('%s', (_, percentages, expected) => {
    expect(leavesAt(percentages)).toBe(expected)
  })

  test('leaves at the first look where one is enough', () => {
    const hasty = { abovePercentage: 50, looks: 1 }
    expect(isTimeToLeave(countHighLooks(0, 50.1, hasty), hasty)).toBe(true)
    expect(isTimeToLeave(countHighLooks(0, 50, hasty), hasty)).toBe(false)
  })
})
