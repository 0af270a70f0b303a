import type { SizingPolicy } from '@holdfast/core/platform/fleet-settings'

/*
 * instances  needed, within minimum and maximum                       what is done
 * fewer      the sessions and the spare need more                     as many as are needed, at once
 * more       for less than the calm time, or changed within it        nothing
 * more       all the calm time, but the fleet is not at rest          nothing
 * more       all the calm time                                        one less
 * as many                                                             nothing
 *
 * One at a time, because each instance that goes moves its sessions, and Cloud Run says which one it is.
 */

export interface SizingFacts {
  /** Sessions that are wanted online. */
  readonly wanted: number
  /** Sessions that one runner holds. */
  readonly capacity: number
  /** Instances that Cloud Run was told. */
  readonly instances: number
  /** How long fewer instances have been enough, ms. */
  readonly lowerForMs: number
  /** Time since the number was last changed, ms. */
  readonly unchangedForMs: number
  /** Whether no outage, no roll-out and no fail-over is under way. */
  readonly isAtRest: boolean
}

export interface Sizing {
  readonly needed: number
  readonly target: number
  readonly why: 'enough' | 'more-needed' | 'fewer-needed' | 'calm-not-over' | 'not-at-rest' | 'at-maximum'
}

export function sizeOf(facts: SizingFacts, { minimum, maximum, spare, calmMs }: SizingPolicy): Sizing {
  const { wanted, capacity, instances, lowerForMs, unchangedForMs, isAtRest } = facts
  const ideal = wanted === 0 ? 0 : Math.ceil(wanted / capacity) + spare
  const needed = Math.min(maximum, Math.max(minimum, ideal))
  const stays = (why: Sizing['why']): Sizing => ({ needed, target: instances, why })
  if (needed > instances) return { needed, target: needed, why: 'more-needed' }
  if (needed === instances) return stays(ideal > maximum ? 'at-maximum' : 'enough')
  if (lowerForMs < calmMs || unchangedForMs < calmMs) return stays('calm-not-over')
  if (!isAtRest) return stays('not-at-rest')
  return { needed, target: instances - 1, why: 'fewer-needed' }
}
