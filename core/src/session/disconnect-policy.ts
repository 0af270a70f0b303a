import { type BackoffSchedule, SPREAD, backoffMs, spreadMs } from '../platform/backoff.ts'
import type { Random } from '../platform/ports.ts'
import type { ReasonCode, SessionState } from './session-states.ts'

/** The end of a connection, as the client library reports it. */
export interface Disconnect {
  /** HTTP-like; undefined when there is none. */
  readonly code: number | undefined
  /**
   * Set when the transport failed and WhatsApp said nothing. `untrusted`: the server could not prove to be WhatsApp. `proxy`: the session's
   * proxy let nothing through.
   */
  readonly transport?: 'broken' | 'untrusted' | 'proxy'
  /** The kind of conflict that WhatsApp named: `replaced`, `device_removed`. */
  readonly conflict?: string
  /** Remaining time of a ban, as WhatsApp told it, in milliseconds. */
  readonly banMs?: number
}

/**
 * network          the transport failed, or the connection ended without a reason
 * whatsapp         a failure on WhatsApp's side, and every unknown code
 * restart          WhatsApp asks for a new connection
 * replaced         another connection has taken this one's place
 * logged-out       the phone has unlinked the device
 * banned           WhatsApp refuses the account, for a time or for good
 * client-outdated  WhatsApp refuses the version of its client that was announced
 * bad-session      WhatsApp takes the session for broken, or gave no code at all: the client library has one word for both
 * refused          WhatsApp or TLS refused the connection before the login: a certificate, a request, a phone without multi-device
 * pairing          the device was never linked: its QR code was not scanned, or its pairing was cut short
 */
export const DISCONNECT_CLASSES = [
  'network',
  'whatsapp',
  'restart',
  'replaced',
  'logged-out',
  'banned',
  'client-outdated',
  'bad-session',
  'refused',
  'pairing',
] as const

export type DisconnectClass = (typeof DISCONNECT_CLASSES)[number]

/** Progress of linking when the connection ended. */
export interface Linking {
  /** WhatsApp has accepted a login of this identity at least once. */
  readonly everLoggedIn: boolean
  /** The credentials name an account (a QR code was scanned). */
  readonly paired: boolean
  /** This connection got as far as showing a QR code. */
  readonly qrShown: boolean
}

/** Failures in a row, up to and including the disconnect at hand. A row ends when a connection has lasted. */
export interface DisconnectContext extends Linking {
  readonly networkFailures: number
  readonly whatsappFailures: number
  /** Restarts that WhatsApp asked for. */
  readonly restarts: number
  /** Failed rounds of QR codes and linkings. */
  readonly pairingRounds: number
  /** An outage is the cause: the disconnect is in none of the counts of attempts. */
  readonly inOutage?: boolean
  /** Earlier "replaced" disconnects within the last hour, without the one at hand. */
  readonly replacedWithinHour: number
  /** The session was moved in a short time ago: a connection that replaces it is that of its old owner. */
  readonly isArriving?: boolean
}

interface Judged {
  readonly class: DisconnectClass
  readonly reason: ReasonCode
}

/**
 * What to do after a disconnect. Nothing here deletes credentials.
 * `reconnect` after a delay; `new-identity`: linking was never completed, so start over with a fresh QR code (the old credentials
 * never were an account's); `stop`: no attempt until an operator or the user acts.
 */
export type Verdict = Judged &
  (
    | {
        readonly action: 'reconnect'
        readonly delayMs: number
        readonly state: 'CONNECTING' | 'BACKOFF' | 'REPLACED'
        /** The next owner waits, too: neither a crash nor a hand-over shortens the delay. */
        readonly bindsNextOwner: boolean
        /** The owner reads the state anew from the stores before the next attempt. */
        readonly rereads: boolean
      }
    | { readonly action: 'new-identity'; readonly delayMs: number; readonly state: 'BACKOFF' }
    | { readonly action: 'stop'; readonly state: SessionState; readonly banMs: number | null }
  )

export interface ReconnectPolicy {
  readonly network: BackoffSchedule
  /** Delays before each attempt after the first one, which follows at once. The last delay repeats. */
  readonly whatsappDelaysMs: readonly number[]
  /** `MAX_RECONNECTION_ATTEMPTS`: attempts after the immediate one. */
  readonly maxAttempts: number
  readonly replacedDelayMs: { readonly min: number; readonly max: number }
  /** Delay between attempts with a client version that WhatsApp refuses. */
  readonly outdatedDelayMs: number
  /** Failed rounds of QR codes and linkings before the session stops. */
  readonly pairingRounds: number
}

const MINUTE_MS = 60_000

export const DEFAULT_RECONNECT_POLICY: ReconnectPolicy = {
  network: { firstMs: 1000, limitMs: MINUTE_MS },
  whatsappDelaysMs: [1, 2, 3, 4, 5].map((minutes) => minutes * MINUTE_MS),
  maxAttempts: 5,
  replacedDelayMs: { min: 20_000, max: MINUTE_MS },
  outdatedDelayMs: 60 * MINUTE_MS,
  pairingRounds: 5,
}

/** The longest delay that binds the next owner. It bounds a delay that a fast clock wrote. */
export const longestBindingDelayMs = ({ whatsappDelaysMs, replacedDelayMs }: ReconnectPolicy): number =>
  Math.max(replacedDelayMs.max, ...whatsappDelaysMs.map((delayMs) => delayMs * (1 + SPREAD)))

export function classify({ code, transport, conflict }: Disconnect, { everLoggedIn, paired, qrShown }: Linking): DisconnectClass {
  if (transport) return transport === 'untrusted' ? 'refused' : 'network'
  // The conflict decides, not the code. If the device was unlinked after all, the next login says so.
  if (conflict === 'replaced') return 'replaced'
  switch (code) {
    case undefined:
    case 428:
      return 'network'
    case 408:
      // The client library also reports the last QR code of a connection as 408.
      return qrShown && !paired ? 'pairing' : 'network'
    case 401:
      return everLoggedIn ? 'logged-out' : 'pairing'
    case 402:
    case 403:
    case 406:
      return 'banned'
    case 405:
      return 'client-outdated'
    case 400:
    case 411:
      return 'refused'
    case 440:
      return 'replaced'
    case 500:
      return 'bad-session'
    case 515:
      return 'restart'
    default:
      return 'whatsapp'
  }
}

/** The one decision that every disconnect passes. */
export function verdict(disconnect: Disconnect, context: DisconnectContext, policy: ReconnectPolicy, random: Random): Verdict {
  const kind = classify(disconnect, context)
  switch (kind) {
    case 'network':
      return again(
        kind,
        disconnect.transport === 'proxy' ? 'proxy-refused' : 'connection-lost',
        backoffMs(policy.network, context.networkFailures, random),
      )
    case 'whatsapp':
    case 'bad-session':
      return afterTrouble(kind, context, policy, random)
    case 'restart':
      return again(kind, 'restart-required', restartDelayMs(context, policy, random))
    case 'replaced':
      return afterReplacement(context, policy, random)
    case 'client-outdated':
      return again(kind, 'client-outdated', spreadMs(policy.outdatedDelayMs, random))
    case 'logged-out':
      return stop(kind, 'LOGGED_OUT', 'logged-out')
    case 'banned':
      if (disconnect.code !== 402) return stop(kind, 'BANNED', 'account-banned')
      return { ...stop(kind, 'BANNED', 'temporarily-banned'), banMs: disconnect.banMs ?? null }
    case 'refused':
      return stop(kind, 'NEEDS_ATTENTION', disconnect.code === 411 ? 'multidevice-mismatch' : 'connection-refused')
    case 'pairing':
      return afterPairing(disconnect, context, policy, random)
  }
}

/** Zero for the first restart, which follows each pairing; growing when the server asks again and again. */
const restartDelayMs = ({ restarts }: DisconnectContext, policy: ReconnectPolicy, random: Random): number =>
  restarts <= 1 ? 0 : backoffMs(policy.network, restarts - 1, random)

function afterTrouble(kind: 'whatsapp' | 'bad-session', context: DisconnectContext, policy: ReconnectPolicy, random: Random) {
  const reason = kind === 'whatsapp' ? 'whatsapp-trouble' : 'bad-session'
  if (context.inOutage) return again(kind, reason, backoffMs(policy.network, context.networkFailures, random))
  const further = context.whatsappFailures - 1
  if (further > policy.maxAttempts) return stop(kind, 'NEEDS_ATTENTION', 'whatsapp-keeps-failing')
  const delayMs = further === 0 ? 0 : (policy.whatsappDelaysMs[further - 1] ?? policy.whatsappDelaysMs.at(-1) ?? 0)
  // The fault may lie in memory only. After two failures the owner tries the stored state.
  const rereads = kind === 'bad-session' && further > 0
  return { ...again(kind, reason, spreadMs(delayMs, random)), bindsNextOwner: true, rereads }
}

function afterReplacement(context: DisconnectContext, { replacedDelayMs }: ReconnectPolicy, random: Random): Verdict {
  if (context.isArriving === true) return stop('replaced', 'NEEDS_ATTENTION', 'old-owner-alive')
  if (context.replacedWithinHour > 0) return stop('replaced', 'NEEDS_ATTENTION', 'foreign-connection')
  const { min, max } = replacedDelayMs
  const delayMs = Math.round(min + (max - min) * random.fraction())
  return { ...again('replaced', 'replaced-waiting', delayMs), state: 'REPLACED', bindsNextOwner: true }
}

function afterPairing({ code }: Disconnect, context: DisconnectContext, policy: ReconnectPolicy, random: Random): Verdict {
  const isVoid = code === 401
  if (context.pairingRounds >= policy.pairingRounds) {
    return stop('pairing', 'NEEDS_ATTENTION', isVoid ? 'pairing-failed' : 'qr-not-scanned')
  }
  const delayMs = backoffMs(policy.network, isVoid ? context.pairingRounds : 1, random)
  if (!isVoid) return again('pairing', 'qr-expired', delayMs)
  return { class: 'pairing', action: 'new-identity', reason: 'pairing-void', delayMs, state: 'BACKOFF' }
}

const again = (kind: DisconnectClass, reason: ReasonCode, delayMs: number) =>
  ({
    class: kind,
    action: 'reconnect',
    reason,
    delayMs,
    state: delayMs === 0 ? 'CONNECTING' : 'BACKOFF',
    bindsNextOwner: false,
    rereads: false,
  }) as const

const stop = (kind: DisconnectClass, state: SessionState, reason: ReasonCode) =>
  ({ class: kind, action: 'stop', state, reason, banMs: null }) as const
