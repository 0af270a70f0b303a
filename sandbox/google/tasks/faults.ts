import { createHash } from 'node:crypto'

/** What a test does to deliveries. Shares are of 1. */
export interface Faults {
  /** This share of tasks is lost: it counts as delivered and is not. */
  drop: number
  /** This share is delivered twice at the same time. */
  double: number
  seed: number
}

export const NO_FAULTS: Faults = { drop: 0, double: 0, seed: 0 }

/** Pure: returns how often one attempt is delivered. It depends on the seed and the attempt, not on the order of attempts. */
export function deliveriesOf({ drop, double, seed }: Faults, task: string, attempt: number): 0 | 1 | 2 {
  const hash = createHash('sha256').update(`${seed} ${task} ${attempt}`).digest()
  const share = hash.readUInt32BE() / 2 ** 32
  if (share < drop) return 0
  return share < drop + double ? 2 : 1
}
