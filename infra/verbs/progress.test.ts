import { expect, test } from 'vitest'
import type { Change, Stage } from '../resources/resource.ts'
import { durationOf, Progress } from './progress.ts'

const change = (id: string, stage: Stage): Change => ({
  resource: { id, stage, reads: [], permissions: [], create: () => [] },
  kind: 'create',
  different: [],
  commands: [],
})

const begun = (...changes: readonly Change[]) => {
  const lines: string[] = []
  return { lines, progress: new Progress({ say: (line) => lines.push(line), changes }) }
}

test('each change has its number among all, and a stage that finds more makes them more', async () => {
  const { lines, progress } = begun(change('bucket', 'base'), change('pool', 'runner'))
  progress.begin('base', 2)
  await progress.step('bucket', () => Promise.resolve(null))
  await progress.step('account', () => Promise.resolve('no quota'))
  progress.begin('runner', 1)
  await progress.step('pool', () => Promise.resolve(null))
  expect(lines.map((line) => line.replace(/[\d.]+ s\b/, '…'))).toEqual([
    '2 to change, in 2 stage(s): base, runner',
    '  [1/3] bucket: done (…)',
    '  [2/3] account: FAILED (…)',
    '  [3/3] pool: done (…)',
  ])
})

test('what takes long is told to be still under way, until it is over', async () => {
  const over = Promise.withResolvers<null>()
  const lines: string[] = []
  const say = (line: string) => {
    lines.push(line)
    if (line.includes('still under way')) over.resolve(null)
  }
  const progress = new Progress({ say, changes: [change('functions', 'functions')], stillEveryMs: 5 })
  await progress.step('functions', () => over.promise)
  expect(lines.at(1)).toMatch(/^ {2}functions: still under way \([\d.]+ s\)$/)
  expect(lines.at(-1)).toContain('[1/1] functions: done')
})

test('a duration is told in minutes from one minute on', () => {
  expect([0, 8400, 59_949, 60_000, 200_400].map(durationOf)).toEqual(['0.0 s', '8.4 s', '59.9 s', '1 min 0 s', '3 min 20 s'])
})
