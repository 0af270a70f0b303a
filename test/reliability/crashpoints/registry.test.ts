import { expect, test } from 'vitest'
import { spared, unexpectedPoints, unreachedPoints } from './registry.ts'

test('a point is spared unless cases die both before and after it', () => {
  const label = 'commit data record'
  expect(spared([])).toContain(label)
  expect(spared([{ label, fault: 'die-before' }])).toContain(label)
  expect(spared([{ label, fault: 'hang' }])).toContain(label)
  const deaths = [
    { label, fault: 'die-before' },
    { label, fault: 'die-after' },
  ] as const
  expect(spared(deaths)).not.toContain(label)
  expect(spared([])).not.toContain('timer start')
})

test('a passed point that is unknown and a known point that is not passed are reported', () => {
  expect(unexpectedPoints(new Set(['timer journal', 'commit of a new kind']))).toEqual(['commit of a new kind'])
  expect(unreachedPoints(new Set(['commit data record']))).not.toContain('commit data record')
  expect(unreachedPoints(new Set())).toContain('commit data record')
})
