// Shared services of the simulator's parts.
import type { Faults } from './faults.ts'
import type { Happenings } from './happenings.ts'
import type { MediaHost } from './media/host.ts'
import type { Uploads } from './media/uploads.ts'
import type { Violations } from './strictness.ts'
import type { Trust } from './trust.ts'
import type { World } from './world.ts'

export type Services = {
  trust: Trust
  happenings: Happenings
  violations: Violations
  faults: Faults
  world: World
  media: MediaHost
  uploads: Uploads
}
