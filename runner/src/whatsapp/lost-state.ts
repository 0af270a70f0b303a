import type { StateImage } from '@holdfast/core/journal/state-image'

/** What a restore gives up. */
export interface LostState {
  /** The number of records after the state that is restored. */
  readonly lostRecords: number
  /** The newest state that can be read. Null: the restored one is. */
  readonly givenUp: StateImage | null
  /** How often the session was restored with losses before. */
  readonly restores: number
}
