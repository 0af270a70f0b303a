import { type BackoffSchedule, NETWORK_BACKOFF, backoffMs } from './backoff.ts'
import type { Random } from './ports.ts'
import type { ReasonCode, SessionState } from './session-states.ts'

/** How a connection ended, as far as the client library tells: an HTTP-like code, or none. */
export interface Disconnect {
  readonly code: number | undefined
}

export interface DisconnectContext {
  /** The device has logged in successfully at least once. */
  readonly everLoggedIn: boolean
  /** The credentials name an account (a QR code was scanned). */
  readonly paired: boolean
  /** This connection got as far as showing a QR code. */
  readonly qrShown: boolean
  /** Disconnects in a row without a login in between, this one included. */
  readonly networkFailures: number
  readonly whatsappFailures: number
  /** Restarts that WhatsApp asked for in a row without a login in between, this one included. */
  readonly restarts: number
  /** Times of earlier "replaced" disconnects within the last hour, this one not included. */
  readonly replacedWithinHour: number
}

/**
 * What to do after a disconnect. Nothing here deletes credentials.
 * `reconnect` after a delay; `new-identity`: pairing never completed, so start over with a fresh QR code (the old credentials
 * never were an account's); `stop`: no attempt until an operator or the user acts.
 */
export type Verdict =
  | {
      readonly action: 'reconnect'
      readonly delayMs: number
      readonly state: SessionState
      readonly reason: ReasonCode
      readonly counts: Counts
    }
  | { readonly action: 'new-identity'; readonly delayMs: number; readonly reason: ReasonCode }
  | { readonly action: 'stop'; readonly state: SessionState; readonly reason: ReasonCode }

/** Which row of failures the disconnect belongs to. */
export type Counts = 'network' | 'whatsapp' | 'replaced' | 'nothing'

export interface ReconnectPolicy {
  readonly network: BackoffSchedule
  /** Delay before each attempt after trouble on WhatsApp's side; its length is the number of attempts. */
  readonly whatsappDelaysMs: readonly number[]
  readonly replacedDelayMs: { readonly min: number; readonly max: number }
}

const MINUTE_MS = 60_000

export const DEFAULT_RECONNECT_POLICY: ReconnectPolicy = {
  network: NETWORK_BACKOFF,
  whatsappDelaysMs: [0, MINUTE_MS, 2 * MINUTE_MS, 3 * MINUTE_MS, 4 * MINUTE_MS, 5 * MINUTE_MS],
  replacedDelayMs: { min: 20_000, max: 60_000 },
}

/** The one decision that every disconnect passes. */
export function verdict(disconnect: Disconnect, context: DisconnectContext, policy: ReconnectPolicy, random: Random): Verdict {
  switch (disconnect.code) {
    case 515:
      return restart(context, policy, random)
    case 408:
      // Also the end of the QR codes of one connection, when nobody has scanned.
      if (context.paired || !context.qrShown) return network(context, policy, random)
      return { ...network(context, policy, random), reason: 'qr-expired' }
    case 428:
    case undefined:
      return network(context, policy, random)
    case 440:
      return replaced(context, policy, random)
    case 401:
      if (!context.everLoggedIn) {
        const delayMs = backoffMs(policy.network, context.whatsappFailures, random)
        return { action: 'new-identity', delayMs, reason: 'pairing-void' }
      }
      return { action: 'stop', state: 'LOGGED_OUT', reason: 'logged-out' }
    case 402:
    case 403:
    case 406:
      return { action: 'stop', state: 'BANNED', reason: 'account-banned' }
    case 411:
      return { action: 'stop', state: 'NEEDS_ATTENTION', reason: 'multidevice-mismatch' }
    case 405:
      return { action: 'stop', state: 'NEEDS_ATTENTION', reason: 'client-outdated' }
    case 400:
      return { action: 'stop', state: 'NEEDS_ATTENTION', reason: 'connection-refused' }
    default:
      // 500 and 503, and every code that nobody has told us about: WhatsApp's trouble, the credentials are kept.
      return whatsappTrouble(context, policy)
  }
}

/** At once, as it is asked for after each pairing; but a server that asks again and again is not obeyed at full speed. */
function restart(context: DisconnectContext, policy: ReconnectPolicy, random: Random): Verdict {
  const delayMs = context.restarts <= 1 ? 0 : backoffMs(policy.network, context.restarts - 1, random)
  const state = delayMs === 0 ? 'CONNECTING' : 'BACKOFF'
  return { action: 'reconnect', delayMs, state, reason: 'restart-required', counts: 'nothing' }
}

function network(context: DisconnectContext, policy: ReconnectPolicy, random: Random): Extract<Verdict, { action: 'reconnect' }> {
  const delayMs = backoffMs(policy.network, context.networkFailures, random)
  return { action: 'reconnect', delayMs, state: 'BACKOFF', reason: 'connection-lost', counts: 'network' }
}

function whatsappTrouble(context: DisconnectContext, policy: ReconnectPolicy): Verdict {
  const delayMs = policy.whatsappDelaysMs[context.whatsappFailures - 1]
  if (delayMs === undefined) return { action: 'stop', state: 'NEEDS_ATTENTION', reason: 'whatsapp-keeps-failing' }
  return { action: 'reconnect', delayMs, state: 'BACKOFF', reason: 'whatsapp-trouble', counts: 'whatsapp' }
}

function replaced(context: DisconnectContext, policy: ReconnectPolicy, random: Random): Verdict {
  if (context.replacedWithinHour > 0) return { action: 'stop', state: 'NEEDS_ATTENTION', reason: 'foreign-connection' }
  const { min, max } = policy.replacedDelayMs
  const delayMs = Math.round(min + (max - min) * random.fraction())
  return { action: 'reconnect', delayMs, state: 'REPLACED', reason: 'replaced-waiting', counts: 'replaced' }
}
