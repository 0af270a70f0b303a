import type { World } from '../world.ts'
import { pauseUnless } from './pause-unless.ts'
import type { TroubleOptions } from './trouble-options.ts'

const BETWEEN_MS = { least: 500, most: 4_000 }

/** Makes contacts forget their Signal sessions, like a new installation. They answer the next message with a retry receipt. */
export async function forgetSessions(world: World, { random, signal, count }: TroubleOptions): Promise<void> {
  while (await pauseUnless(signal, random.between(BETWEEN_MS.least, BETWEEN_MS.most))) {
    await world.simulator.forgetSessions(random.pick(random.pick(world.sessions).contacts))
    count()
  }
}
