import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { World } from '../world.ts'
import { pauseUnless } from './pause-unless.ts'
import type { TroubleOptions } from './trouble-options.ts'

const BETWEEN_MS = { least: 1_000, most: 5_000 }
const MOST_COMPANIONS = 2

/** Makes contacts link and remove companions. The server notifies clients with the change, with the fact only, or not at all. */
export async function changeDevices(world: World, { random, signal, count }: TroubleOptions): Promise<void> {
  const lane = async (contact: string, own: SeededRandom): Promise<void> => {
    const companions: number[] = []
    while (await pauseUnless(signal, own.between(BETWEEN_MS.least, BETWEEN_MS.most))) {
      const notice = own.pick(['change', 'update', 'none'] as const)
      const links = companions.length === 0 || (companions.length < MOST_COMPANIONS && own.chance(0.5))
      const oldest = links ? undefined : companions.shift()
      if (oldest === undefined) companions.push(await world.simulator.linkContactDevice(contact, notice))
      else await world.simulator.removeContactDevice(contact, oldest, notice)
      count()
    }
  }
  const contacts = world.sessions.flatMap((session) => session.contacts)
  await Promise.all(contacts.map((contact) => lane(contact, random.fork())))
}
