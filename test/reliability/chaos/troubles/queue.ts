import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { ChaosSession, World } from '../world.ts'
import { pauseUnless } from './pause-unless.ts'
import type { TroubleOptions } from './trouble-options.ts'

const BETWEEN_MS = { least: 1_500, most: 8_000 }
const MOST_AT_ONCE = 2
/** A session is kept away for longer than the others of its pool wait, because the clock runs fast. */
const AWAY_EVERY_MS = { least: 8_000, most: 25_000 }
const AWAY_MS = { least: 2_000, most: 6_000 }

/** Errors of WhatsApp after which a message may be sent again. */
const RETRYABLE = [479, 500, 503]

/**
 * Makes WhatsApp refuse messages now and then, and a session for some seconds. The other parts of this trouble are in the traffic and
 * in the life of the queue.
 */
export async function refuseMessages(world: World, { random, signal, count }: TroubleOptions): Promise<void> {
  const keepAway = async (own: SeededRandom): Promise<void> => {
    while (await pauseUnless(signal, own.between(AWAY_EVERY_MS.least, AWAY_EVERY_MS.most))) {
      const { phone } = own.pick(world.sessions)
      const ms = Math.round(own.between(AWAY_MS.least, AWAY_MS.most))
      await world.simulator.orderFault({ kind: 'refuse', account: phone, ms })
      await world.simulator.orderFault({ kind: 'drop', account: phone })
      count()
    }
  }
  const lane = async ({ phone }: ChaosSession, own: SeededRandom): Promise<void> => {
    while (await pauseUnless(signal, own.between(BETWEEN_MS.least, BETWEEN_MS.most))) {
      const times = 1 + Math.floor(own.next() * MOST_AT_ONCE)
      await world.simulator.orderFault({ kind: 'nack', account: phone, code: own.pick(RETRYABLE), count: times })
      count()
    }
  }
  await Promise.all([keepAway(random.fork()), ...world.sessions.map((session) => lane(session, random.fork()))])
}
