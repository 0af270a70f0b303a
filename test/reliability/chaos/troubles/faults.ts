import type { FaultOrder } from '../../../support/simulator-client.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { ChaosSession, World } from '../world.ts'
import { pauseUnless } from './pause-unless.ts'
import type { TroubleOptions } from './trouble-options.ts'

/** The time between two faults of one session. */
const BETWEEN_MS = { least: 3_000, most: 12_000 }

/** The error codes of WhatsApp after which a message may be sent again. */
const RETRYABLE = [463, 479, 500, 503]
const STREAM_ERRORS = [500, 503, 515]

/** Orders random faults of the simulator for each session, like a bad connection to WhatsApp. */
export async function orderFaults(world: World, { random, signal, count }: TroubleOptions): Promise<void> {
  const lane = async (session: ChaosSession, own: SeededRandom): Promise<void> => {
    while (await pauseUnless(signal, own.between(BETWEEN_MS.least, BETWEEN_MS.most))) {
      // A session that is not open yet gets no fault: two failures before a login correctly cost a minute.
      if (!world.open.has(session.phone)) continue
      for (const fault of drawFault(own)) await world.simulator.orderFault({ ...fault, account: session.phone })
      count()
    }
  }
  await Promise.all(world.sessions.map((session) => lane(session, random.fork())))
}

/** Draws the faults of one order. Pure. */
export function drawFault(random: SeededRandom): Omit<FaultOrder, 'account'>[] {
  const ms = (least: number, most: number) => Math.round(random.between(least, most))
  const draw = random.pick<() => Omit<FaultOrder, 'account'>[]>([
    () => [{ kind: 'drop' }],
    () => [{ kind: 'stream-error', code: random.pick(STREAM_ERRORS) }],
    () => [{ kind: 'nack', code: random.pick(RETRYABLE), count: 1 }],
    () => [{ kind: 'hold-acks', ms: ms(500, 4_000) }],
    () => [{ kind: 'no-acks', count: 1 }],
    () => [{ kind: 'no-keys', count: 1 }],
    () => [{ kind: 'no-bundles', count: 1 }],
    () => [{ kind: 'no-devices', count: 1 }],
    () => [{ kind: 'no-participants', count: 1 }],
    () => [{ kind: 'no-digest', count: 1 }],
    () => [{ kind: 'silence', ms: ms(500, 6_000) }],
    () => [{ kind: 'latency', ms: ms(20, 400), count: ms(20, 200) }],
    () => [{ kind: 'login-failure', code: 503, count: 1 }, { kind: 'drop' }],
  ])
  return draw()
}
