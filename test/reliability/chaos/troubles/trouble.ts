import type { SeededRandom } from '../../../support/seeded-random.ts'
import type { World } from '../world.ts'

/** Something that happens to the sessions at random while they are struck. It ends soon after the signal; what it did, it counts. */
export type Trouble = (world: World, options: TroubleOptions) => Promise<void>

export interface TroubleOptions {
  random: SeededRandom
  signal: AbortSignal
  /** To be called for each thing that was done. */
  count: () => void
}
