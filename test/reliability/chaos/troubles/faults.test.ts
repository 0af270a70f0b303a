import { expect, test } from 'vitest'
import { FAULT_KINDS } from '../../../../sandbox/whatsapp/faults.ts'
import { SeededRandom } from '../../../support/seeded-random.ts'
import { drawFault } from './faults.ts'

const draw = (seed: number) => {
  const random = new SeededRandom(seed)
  return Array.from({ length: 200 }, () => drawFault(random))
}

/** Backlogs have connections refused. Baileys waits for an answer for a minute, which no run has for each. */
const NOT_DRAWN: readonly string[] = ['refuse', 'no-answer']

test('every fault of the connection comes, except that it is refused or a question is not answered', () => {
  const kinds = new Set(draw(1).flatMap((faults) => faults.map(({ kind }) => kind)))
  expect([...kinds].sort()).toEqual(FAULT_KINDS.filter((kind) => !NOT_DRAWN.includes(kind) && !kind.startsWith('media-')).sort())
})

test('the seed decides', () => {
  expect(draw(2)).toEqual(draw(2))
  expect(draw(2)).not.toEqual(draw(3))
})

test('nothing is ordered that has no end', () => {
  for (const fault of draw(4).flat()) {
    const ends = fault.kind === 'drop' || fault.kind === 'stream-error' || (fault.count ?? fault.ms) !== undefined
    expect(fault).toSatisfy(() => ends)
    // Its `ms` is the delay.
    if (fault.kind === 'latency') expect(fault.count).toBeLessThanOrEqual(200)
  }
})
