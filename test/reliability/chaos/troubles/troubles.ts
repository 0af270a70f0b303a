import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { TROUBLE_CHOICES, type TroubleName } from '../choices.ts'
import type { World } from '../world.ts'
import { sayAllKinds } from './kinds.ts'
import { makeBacklogs } from './backlogs.ts'
import { changeDevices } from './devices.ts'
import { orderFaults } from './faults.ts'
import { writeToGroups } from './groups.ts'
import { refuseMessages } from './queue.ts'
import { forgetSessions } from './retries.ts'
import type { Trouble } from './trouble.ts'
import { askForUpkeep } from './upkeep.ts'

const TROUBLES = {
  faults: orderFaults,
  backlogs: makeBacklogs,
  retries: forgetSessions,
  groups: writeToGroups,
  devices: changeDevices,
  queue: refuseMessages,
  kinds: sayAllKinds,
  upkeep: askForUpkeep,
} satisfies Record<TroubleName, Trouble>

export interface Troubles {
  /** The disturbances of each trouble so far. */
  readonly counts: Readonly<Record<string, number>>
  /** Rejects when a trouble fails. */
  untilBroken(): Promise<never>
  stop(): Promise<void>
}

export function startTroubles(world: World, names: readonly TroubleName[], random: SeededRandom): Troubles {
  const counts: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]))
  const stopping = new AbortController()
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => undefined)
  // Every trouble gets its own random numbers, which do not depend on the choice of the others.
  const randoms = new Map(TROUBLE_CHOICES.map((name) => [name, random.fork()]))
  const running = names.map((name) => {
    const count = () => void (counts[name] = (counts[name] ?? 0) + 1)
    return TROUBLES[name](world, { random: randoms.get(name) ?? random, signal: stopping.signal, count })
  })
  for (const one of running) one.catch((error: unknown) => broken.reject(error))
  return {
    counts,
    untilBroken: () => broken.promise,
    async stop() {
      stopping.abort()
      await Promise.all(running)
    },
  }
}
