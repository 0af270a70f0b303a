import type { SizingPolicy } from './fleet-settings.ts'

/** The runners as Cloud Run runs them: one worker pool, or one service with as many instances as it is told. */
export interface RunnerPool {
  read(): Promise<PoolState>
  /** Asks for so many instances, without a new revision. Cloud Run chooses which ones it stops. Resolves when it has taken the order. */
  resize(instances: number): Promise<void>
  /**
   * Replaces all instances by new ones, as a new revision of the same template.
   *
   * @param requestedAt names the restart: the pool takes one once, however often it is told
   */
  restart(requestedAt: Date): Promise<void>
  close(): Promise<void>
}

export interface PoolState {
  /** The number of instances that was asked for last. */
  readonly instances: number
  /** False while Cloud Run changes the pool. */
  readonly isSettled: boolean
}

/** What sizes the fleet on Cloud Run. */
export interface FleetSizer {
  readonly pool: RunnerPool
  readonly policy: SizingPolicy
}
