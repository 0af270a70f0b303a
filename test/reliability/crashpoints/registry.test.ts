import { expect, test } from 'vitest'
import { spared, unexpectedPoints, unreachedPoints } from './registry.ts'

test('a point at which no case dies, before and after, is spared', () => {
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

test('a point that is passed and unknown, and one that is known and not passed, are told', () => {
  expect(unexpectedPoints(new Set(['timer journal', 'commit of a new kind']))).toEqual(['commit of a new kind'])
  expect(unreachedPoints(new Set(['commit data record']))).not.toContain('commit data record')
  expect(unreachedPoints(new Set())).toContain('commit data record')
})
