import { expect, test } from 'vitest'
import { deliveriesOf } from './faults.ts'

const outcomes = (seed: number) =>
  Array.from({ length: 1000 }, (_, n) => deliveriesOf({ drop: 0.1, double: 0.2, seed }, `task-${n}`, 1))

const share = (list: number[], value: number) => list.filter((one) => one === value).length / list.length

test('faults strike their shares, the same tasks with the same seed', () => {
  expect(share(outcomes(1), 0)).toBeCloseTo(0.1, 1)
  expect(share(outcomes(1), 2)).toBeCloseTo(0.2, 1)
  expect(outcomes(1)).toEqual(outcomes(1))
  expect(outcomes(1)).not.toEqual(outcomes(2))
})

test('another attempt at the same task has another fate', () => {
  const fates = Array.from({ length: 100 }, (_, attempt) => deliveriesOf({ drop: 0.5, double: 0, seed: 1 }, 'task', attempt))
  expect(new Set(fates)).toEqual(new Set([0, 1]))
})
