import { describe, expect, test } from 'vitest'
import {
  FOLLOW_NEWEST,
  REVISION_BEFORE,
  revisionBeforeChange,
  splitsAt,
  splitsBeforeChange,
  standingLine,
  standingOf,
  stepAfter,
  type Standing,
  TAKEN_BACK,
  wayOn,
} from './pool-splits.ts'

const pool = (instances: number, instanceSplits: readonly object[], [newest, works] = ['r2', 'r2'], before: object = {}) => ({
  metadata: { annotations: { 'run.googleapis.com/manualInstanceCount': String(instances), ...before } },
  spec: { instanceSplits },
  status: { latestCreatedRevisionName: newest, latestReadyRevisionName: works },
})

const named = (revisionName: string, percent: number) => ({ revisionName, percent })

describe('before a new revision is made', () => {
  test('a large fleet is held at the revision that works', () => {
    expect(splitsBeforeChange(pool(4, FOLLOW_NEWEST, ['r3', 'r2']))).toEqual([named('r2', 100)])
    expect(splitsBeforeChange(pool(4, []))).toEqual([named('r2', 100)])
  })

  test('a small fleet is left as it is, so that it is replaced at once', () => {
    expect(splitsBeforeChange(pool(3, FOLLOW_NEWEST))).toEqual(FOLLOW_NEWEST)
  })

  test('a roll-out that stands half way keeps its splits', () => {
    const half = [named('r2', 50), named('r1', 50)]
    expect(splitsBeforeChange(pool(10, half))).toEqual(half)
  })

  test('the one that most instances are of is known', () => {
    expect(revisionBeforeChange(pool(3, FOLLOW_NEWEST, ['r3', 'r2']))).toBe('r2')
    expect(revisionBeforeChange(pool(10, [named('r2', 10), named('r1', 90)]))).toBe('r1')
    expect(revisionBeforeChange({ status: { latestCreatedRevisionName: 'r1' } })).toBeUndefined()
  })
})

describe('how a roll-out stands is read from the pool', () => {
  test.each([
    ['not begun', [named('r1', 100)], { share: 0, old: 'r1', followsNewest: false }],
    ['at a step', [named('r1', 90), named('r2', 10)], { share: 10, old: 'r1', followsNewest: false }],
    [
      'with a third revision',
      [named('r0', 20), named('r1', 70), named('r2', 10)],
      { share: 10, old: 'r1', followsNewest: false },
    ],
    ['at its last step', [named('r2', 100)], { share: 100, old: null, followsNewest: false }],
    ['over', FOLLOW_NEWEST, { share: 100, old: null, followsNewest: true }],
    ['never begun', [], { share: 100, old: null, followsNewest: true }],
  ])('%s', (_how, splits, standing) => {
    expect(standingOf(pool(10, splits))).toEqual({ newest: 'r2', instances: 10, takenBack: false, ...standing })
  })

  test('a step back is known until there is a later revision, or the roll-out goes on', () => {
    const standing = (newest: string, ...splits: readonly object[]) =>
      standingOf(pool(10, splits, [newest, newest], { [TAKEN_BACK]: 'r2' })) as Standing
    const held = standing('r2', named('r1', 100))
    expect(held.takenBack).toBe(true)
    expect(wayOn(held)).toMatch(/^The instances are held at r1 by a step back\. .*mended version, .*apply.*roll/)
    const others = [standing('r3', named('r1', 100)), standing('r2', named('r1', 90), named('r2', 10)), standing('r2')]
    expect(others.map(({ takenBack }) => takenBack)).toEqual([false, false, false])
    expect(others.map(wayOn)).toEqual(Array(3).fill('`npm run infra -- roll` goes on with it.'))
  })

  test('the revision before is known at the last step, too, if the pool has kept it', () => {
    const oldOf = (splits: readonly object[], before: string) =>
      standingOf(pool(10, splits, ['r2', 'r2'], { [REVISION_BEFORE]: before }))?.old
    expect([oldOf([named('r2', 100)], 'r1'), oldOf(FOLLOW_NEWEST, 'r1'), oldOf(FOLLOW_NEWEST, 'r2')]).toEqual(['r1', 'r1', null])
    // Whom the instances are of counts more than what was kept.
    expect(oldOf([named('r2', 10), named('r1', 90)], 'r0')).toBe('r1')
  })

  test('without a pool there is nothing', () => {
    expect(standingOf(null)).toBeNull()
  })

  test('it is told in a sentence', () => {
    const tell = (splits: readonly object[]) => standingLine(standingOf(pool(10, splits)) as never)
    expect(tell([named('r1', 90), named('r2', 10)])).toBe('10 % of the instances are of r2, the newest revision, 90 % of r1.')
    expect(standingLine(standingOf(pool(10, [named('r2', 100)], undefined, { [REVISION_BEFORE]: 'r1' })) as never)).toBe(
      '100 % of the instances are of r2, the newest revision.',
    )
    expect(tell(FOLLOW_NEWEST)).toBe('All instances are of r2, the newest revision.')
  })
})

test('the steps are a tenth, a half and all, and the first is of one instance at least', () => {
  const steps = (instances: number) => {
    const taken: number[] = []
    for (let share = 0; share < 100; taken.push(share)) share = stepAfter({ share, instances })
    return taken
  }
  expect(steps(20)).toEqual([10, 50, 100])
  expect(steps(4)).toEqual([25, 50, 100])
  expect(steps(1)).toEqual([100])
})

test('a step gives the rest to the old revision', () => {
  expect(splitsAt({ newest: 'r2', old: 'r1' }, 10)).toEqual([named('r2', 10), named('r1', 90)])
  expect(splitsAt({ newest: 'r2', old: 'r1' }, 100)).toEqual([named('r2', 100)])
  expect(splitsAt({ newest: 'r2', old: 'r1' }, 0)).toEqual([named('r1', 100)])
})
