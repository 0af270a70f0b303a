import type { World } from '../world.ts'
import type { TroubleOptions } from './trouble-options.ts'

/** Disturbs the sessions at random during the strikes. It ends soon after the signal and counts its disturbances. */
export type Trouble = (world: World, options: TroubleOptions) => Promise<void>
