import type { SimulatorEvent } from '../../../support/event-reader.ts'
import type { SeededRandom } from '../../../support/seeded-random.ts'

/** A moment to strike at. */
export interface Aim {
  what: string
  /** Whether the sessions are to be open again before it is aimed, or it strikes in the middle of their recovery. */
  afterRecovery: boolean
  /** Null strikes after the pause alone. */
  fits: ((event: SimulatorEvent) => boolean) | null
  pauseMs: number
  /** Withholds the acks of the server meanwhile, so that a message stays on its way for certain. */
  holdsAcks: boolean
}

const at = (type: string) => (event: SimulatorEvent) => event.type === type

/** Aimed at what is in flight, with everything open. Weighted by how often they are listed. */
const OPEN_AIMS: readonly Pick<Aim, 'what' | 'fits' | 'holdsAcks'>[] = [
  { what: 'a message to send reached the server', fits: at('message'), holdsAcks: false },
  { what: 'a message to send reached the server, its ack withheld', fits: at('message'), holdsAcks: true },
  { what: 'a message was delivered to the runner', fits: at('delivered'), holdsAcks: false },
  { what: 'a message was delivered to the runner', fits: at('delivered'), holdsAcks: false },
  { what: 'the receipt of a message arrived', fits: at('receipt'), holdsAcks: false },
  { what: 'the server acked a message', fits: at('acked'), holdsAcks: false },
  { what: 'no particular moment', fits: null, holdsAcks: false },
]

/** Before the struck sessions are open again. */
const RECOVERY_AIMS: readonly Pick<Aim, 'what' | 'fits'>[] = [
  { what: 'a connection began', fits: at('connection') },
  { what: 'the handshake was done', fits: at('handshake') },
  { what: 'a login', fits: at('login') },
  { what: 'a message came from the offline queue', fits: (event) => event.type === 'delivered' && event['offline'] === true },
  { what: 'the offline queue was through', fits: at('active') },
  { what: 'a message was sent again or for the first time', fits: at('message') },
  { what: 'no particular moment of the recovery', fits: null },
]

const RECOVERY_SHARE = 0.3

/** The first aim has to wait for the sessions to be open: nothing has been struck yet. */
export function drawAim(random: SeededRandom, isFirst: boolean): Aim {
  const inRecovery = random.chance(RECOVERY_SHARE) && !isFirst
  if (inRecovery) {
    const { what, fits } = random.pick(RECOVERY_AIMS)
    return { what, fits, afterRecovery: false, holdsAcks: false, pauseMs: fits ? 0 : random.between(100, 2_000) }
  }
  // Not always right after the recovery, when much is in flight anyway.
  return { ...random.pick(OPEN_AIMS), afterRecovery: true, pauseMs: random.between(0, 1_000) }
}
