import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'

export interface TroubleOptions {
  random: SeededRandom
  signal: AbortSignal
  /** The trouble calls this for each disturbance. */
  count: () => void
}
