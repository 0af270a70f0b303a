import type { OutageVerdict } from '@holdfast/core/operations/network-report'
import type { DisconnectClass } from '@holdfast/core/session/disconnect-policy'

/** How an attempt to connect failed: without a word of WhatsApp, or by its error. */
export type FailedHow = 'cut-off' | 'refused'

/** An outage that concerns this runner. */
export interface Outage {
  readonly verdict: Exclude<OutageVerdict, 'none'>
  /** The time of its first sign, ms. Failures since then are no fault of a session. */
  readonly sinceMs: number
}

/** What one session tells the runner of its connection, and what the runner knows of the network. */
export interface SessionNetwork {
  /** The outage that concerns this runner, one of Google included. A session that is lost in an outage is not sick. */
  readonly verdict: OutageVerdict
  /** The outage that keeps sessions from WhatsApp. Null: a failure is the session's own. */
  readonly outage: Outage | null
  /** The session dials. */
  dialled(): void
  /** A frame of WhatsApp arrived. */
  heard(): void
  /** WhatsApp let the session in, or answered with a QR code. */
  opened(): void
  /** An open connection ended without a reason that WhatsApp gave. */
  lost(): void
  /** An attempt to connect failed. */
  failed(how: FailedHow): void
  /** The session needs no connection any more. */
  left(): void
}

/** The network of a session that nobody watches. */
export const UNWATCHED: SessionNetwork = {
  verdict: 'none',
  outage: null,
  dialled() {},
  heard() {},
  opened() {},
  lost() {},
  failed() {},
  left() {},
}

/** Tells what the end of a connection shows of the network. Only failures that WhatsApp does not explain speak against it. */
export function tellNetwork(network: SessionNetwork, kind: DisconnectClass, hadOpened: boolean): void {
  switch (kind) {
    case 'network':
      return hadOpened ? network.lost() : network.failed('cut-off')
    case 'whatsapp':
    case 'bad-session':
      return hadOpened ? network.lost() : network.failed('refused')
    case 'restart':
    case 'replaced':
    case 'logged-out':
    case 'banned':
    case 'client-outdated':
      return network.heard()
    case 'refused':
    case 'pairing':
      return
  }
}
