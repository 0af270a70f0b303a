import type { World } from '../world.ts'
import { pauseUnless } from './pause-unless.ts'
import type { TroubleOptions } from './trouble.ts'

const BETWEEN_MS = { least: 500, most: 4_000 }

/** A contact forgets its Signal sessions, as after a new install: it asks for the next message again, by a retry receipt. */
export async function forgetSessions(world: World, { random, signal, count }: TroubleOptions): Promise<void> {
  while (await pauseUnless(signal, random.between(BETWEEN_MS.least, BETWEEN_MS.most))) {
    await world.simulator.forgetSessions(random.pick(random.pick(world.sessions).contacts))
    count()
  }
}
