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
  const lines: string[] = []
  const waiting = new Map<string, PromiseWithResolvers<null>>()
  const say = (line: string) => {
    lines.push(line)
    const id = / (\w+): still under way \([\d.]+ s\)$/.exec(line)?.[1] ?? ''
    if (lines.filter((one) => one.includes(`${id}: still`)).length === 2) waiting.get(id)?.resolve(null)
  }
  const progress = new Progress({ say, changes: [change('image', 'image'), change('functions', 'functions')], stillEveryMs: 5 })
  for (const id of ['image', 'functions']) {
    const over = Promise.withResolvers<null>()
    waiting.set(id, over)
    await progress.step(id, () => over.promise)
  }
  expect(lines.slice(1).map((line) => line.replace(/ \(.*/, ''))).toEqual([
    '  image: still under way',
    '  image: still under way',
    '  [1/2] image: done',
    '  functions: still under way',
    '  functions: still under way',
    '  [2/2] functions: done',
  ])
})

test('a duration is told in minutes from one minute on', () => {
  expect([0, 8400, 59_949, 60_000, 200_400].map(durationOf)).toEqual(['0.0 s', '8.4 s', '59.9 s', '1 min 0 s', '3 min 20 s'])
})
