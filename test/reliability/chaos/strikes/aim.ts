import type { SimulatorEvent } from '../../../support/event-reader.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'

/** The moment of a strike. */
export interface Aim {
  what: string
  /** True waits until all sessions are open again; false strikes in the middle of their recovery. */
  afterRecovery: boolean
  /** Selects the event to strike at. Null strikes right after the pause. */
  fits: ((event: SimulatorEvent) => boolean) | null
  pauseMs: number
  /** Withholds the server's acks until the strike, so that a message is certainly in flight. */
  holdsAcks: boolean
}

const at = (type: string) => (event: SimulatorEvent) => event.type === type

/** Aims at messages in flight, while all sessions are open. An aim that is listed twice is drawn twice as often. */
const OPEN_AIMS: readonly Pick<Aim, 'what' | 'fits' | 'holdsAcks'>[] = [
  { what: 'a message to send reached the server', fits: at('message'), holdsAcks: false },
  { what: 'a message to send reached the server, its ack withheld', fits: at('message'), holdsAcks: true },
  { what: 'a message was delivered to the runner', fits: at('delivered'), holdsAcks: false },
  { what: 'a message was delivered to the runner', fits: at('delivered'), holdsAcks: false },
  { what: 'the receipt of a message arrived', fits: at('receipt'), holdsAcks: false },
  { what: 'the server acked a message', fits: at('acked'), holdsAcks: false },
  { what: 'no particular moment', fits: null, holdsAcks: false },
]

/** Aims at files on their way, in runs that have them. */
const FILE_AIMS: readonly Pick<Aim, 'what' | 'fits' | 'holdsAcks'>[] = [
  { what: 'the upload of a file began', fits: at('upload-begun'), holdsAcks: false },
  { what: 'a file was uploaded', fits: at('uploaded'), holdsAcks: false },
  { what: 'a file was asked for', fits: at('media-request'), holdsAcks: false },
]

/** Aims during the recovery of the struck sessions. */
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

/** Certainly strikes while a message is in flight. */
const SURE_AIM = OPEN_AIMS.find(({ holdsAcks }) => holdsAcks)

/**
 * Draws the next aim. The first aim is never in a recovery, because no strike came before it. `needsMessage` takes the aim that
 * certainly has a message in flight: a busy machine moves the moments of the others.
 */
export function drawAim(
  random: SeededRandom,
  { isFirst, needsMessage = false, hasFiles = false }: { isFirst: boolean; needsMessage?: boolean; hasFiles?: boolean },
): Aim {
  if (needsMessage && SURE_AIM) return { ...SURE_AIM, afterRecovery: true, pauseMs: random.between(0, 1_000) }
  const inRecovery = random.chance(RECOVERY_SHARE) && !isFirst
  if (inRecovery) {
    const { what, fits } = random.pick(RECOVERY_AIMS)
    return { what, fits, afterRecovery: false, holdsAcks: false, pauseMs: fits ? 0 : random.between(100, 2_000) }
  }
  // The pause varies the moment: right after a recovery many messages are in flight anyway.
  const aims = hasFiles ? [...OPEN_AIMS, ...FILE_AIMS, ...FILE_AIMS] : OPEN_AIMS
  return { ...random.pick(aims), afterRecovery: true, pauseMs: random.between(0, 1_000) }
}
