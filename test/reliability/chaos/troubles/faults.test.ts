import { expect, test } from 'vitest'
import { FAULT_KINDS } from '../../../../sandbox/whatsapp/faults.ts'
import { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { drawFault } from './faults.ts'

const draw = (seed: number) => {
  const random = new SeededRandom(seed)
  return Array.from({ length: 200 }, () => drawFault(random))
}

/**
 * `backlogs` makes refusals, and the strikes of the fleet deaf sessions. After `no-answer`, Baileys waits for a minute, which is too long for a run. `early-success` concerns a
 * device that is not linked yet.
 */
const NOT_DRAWN: readonly string[] = ['refuse', 'deaf', 'half-deaf', 'no-answer', 'early-success']

test('the drawn faults cover every fault of a connection, except refusals and missing answers', () => {
  const kinds = new Set(draw(1).flatMap((faults) => faults.map(({ kind }) => kind)))
  expect([...kinds].sort()).toEqual(FAULT_KINDS.filter((kind) => !NOT_DRAWN.includes(kind) && !kind.startsWith('media-')).sort())
})

test('the seed decides the drawn faults', () => {
  expect(draw(2)).toEqual(draw(2))
  expect(draw(2)).not.toEqual(draw(3))
})

test('every drawn fault ends by itself', () => {
  for (const fault of draw(4).flat()) {
    const ends = fault.kind === 'drop' || fault.kind === 'stream-error' || (fault.count ?? fault.ms) !== undefined
    expect(fault).toSatisfy(() => ends)
    // The `ms` of a latency is the delay of a frame, not the length of the fault.
    if (fault.kind === 'latency') expect(fault.count).toBeLessThanOrEqual(200)
  }
})
