import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { REASONS, type ReasonCode, type SessionState } from '@holdfast/core/session/session-states'
import type { Disconnect, Verdict } from '@holdfast/core/session/disconnect-policy'
import type { Engine } from '../engine.ts'
import type { StatusDetails } from '../events/session-event.ts'
import type { SessionStatus } from '../session-status.ts'
import type { ConnectionWatch } from './connection-watch.ts'
import { archiveCredentials } from './logged-out.ts'
import { tellNetwork, type SessionNetwork } from './network-port.ts'
import type { Reconnection } from './reconnection.ts'

/** A connection, or an attempt to connect, that is over. */
export interface EndedConnection {
  readonly disconnect: Disconnect
  /** Whether it had opened. */
  readonly wasOpen: boolean
  readonly qrShown: boolean
  /** Whether we had asked WhatsApp to unlink the device. */
  readonly isUnlinking: boolean
}

export interface JudgementDependencies {
  readonly clock: Clock
  readonly logger: Logger
  readonly status: SessionStatus
  readonly reconnection: Reconnection
  readonly network: SessionNetwork
  readonly watch: ConnectionWatch
  readonly publish: (state: SessionState, reason: ReasonCode, details?: StatusDetails) => void
}

/**
 * Judges how a connection ended, tells everybody who counts the ends, and carries the verdict out. Returns `distrusted` when the
 * state in memory has to be read again.
 */
export async function judgeEnd(
  engine: Engine,
  ended: EndedConnection,
  dependencies: JudgementDependencies,
): Promise<'ended' | 'distrusted'> {
  const { clock, logger, network, reconnection, status, watch } = dependencies
  const { disconnect, wasOpen, qrShown, isUnlinking } = ended
  const linking = { paired: engine.client.me !== null, qrShown }
  // A new owner of the session may have replaced the connection. One append shows it: if the
  // append is refused, this owner stops.
  const known = reconnection.classOf(disconnect, linking, engine.memory)
  if (known === 'replaced') {
    await engine.state.journal.whenDurable(engine.state.append({}))
  }
  // A proxy says nothing of the runner's own network.
  if (disconnect.transport !== 'proxy') tellNetwork(network, known, wasOpen || qrShown)
  const decision = reconnection.judge(disconnect, linking, engine.memory, network.outage?.sinceMs ?? null)
  if (decision.action === 'stop') network.left()
  const { class: kind, reason, action } = decision
  const delayMs = action === 'stop' ? null : decision.delayMs
  logger[action === 'stop' ? 'warn' : 'info']({ ...disconnect, class: kind, action, reason, delayMs }, 'The connection ended.')
  status.disconnected({ code: disconnect.code ?? null, class: kind, reason, at: new Date(clock.now()) })
  const halts = action === 'stop' ? REASONS[reason].sentence : null
  // A log-out on request is no loss.
  const isOurs = isUnlinking && kind === 'logged-out'
  if (!isOurs) watch.lost({ kind, code: disconnect.code ?? null, wasOpen, halts })
  follow(engine, decision, isUnlinking, dependencies)
  if (action === 'stop' && decision.state === 'LOGGED_OUT') await archiveCredentials(engine, logger)
  return action === 'reconnect' && decision.rereads ? 'distrusted' : 'ended'
}

/** Carries out the verdict. The memory of the disconnect becomes part of the same record as the new state. */
function follow(
  engine: Engine,
  decision: Verdict,
  isUnlinking: boolean,
  { clock, publish, reconnection }: JudgementDependencies,
): void {
  if (decision.action === 'stop') {
    // The end of the connection may come before WhatsApp's answer to our own request, and instead of it.
    const isOurs = isUnlinking && decision.reason === 'logged-out'
    return publish(decision.state, isOurs ? 'logged-out-on-request' : decision.reason, banOf(decision, clock.now()))
  }
  if (decision.action === 'new-identity') engine.client.renewIdentity()
  publish(decision.state, decision.reason, decision.delayMs === 0 ? {} : { nextAttemptAt: new Date(reconnection.dialAtMs) })
}

function banOf({ reason, banMs }: Extract<Verdict, { action: 'stop' }>, nowMs: number): StatusDetails {
  if (reason !== 'temporarily-banned') return {}
  return { bannedUntil: banMs === null ? null : new Date(nowMs + banMs) }
}
