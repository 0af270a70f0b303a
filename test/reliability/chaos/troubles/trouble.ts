import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { World } from '../world.ts'

/** Disturbs the sessions at random during the strikes. It ends soon after the signal and counts its disturbances. */
export type Trouble = (world: World, options: TroubleOptions) => Promise<void>

export interface TroubleOptions {
  random: SeededRandom
  signal: AbortSignal
  /** The trouble calls this for each disturbance. */
  count: () => void
}
