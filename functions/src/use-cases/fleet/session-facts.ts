import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { tenantOf } from '@holdfast/core/session/ids'
import type { SessionDocument } from '@holdfast/core/session/session-document'
import { type ApiStatus, REASONS, reasonOfDamage, type ReasonCode } from '@holdfast/core/session/session-states'
import { parseSessionUnlessDamaged } from '../find-session.ts'
import { statusOf } from '../session-answer.ts'
import { conditionOf } from '../session-condition.ts'
import type { ReportedSession, RunnerFact } from './runner-facts.ts'

/**
 * none   nobody owns it
 * alive  its owner's heartbeat is fresh
 * dead   its owner is silent, or was replaced
 * gone   its owner has no heartbeat document any more, or one that does not parse
 */
export type OwnerFact = 'none' | 'alive' | 'dead' | 'gone'

/** A session that is not plainly fine. */
export interface SessionFact {
  readonly sessionId: string
  readonly tenant: string
  readonly snapshot: DocumentSnapshot
  /** Null when the document does not parse; its other fields then describe a damaged session. */
  readonly document: SessionDocument | null
  readonly isWanted: boolean
  readonly owner: OwnerFact
  readonly runnerId: string | null
  /** What the heartbeat of its owner says, dead or alive. Null when it says nothing. */
  readonly reported: ReportedSession | null
  /** As the API shows it: a live state counts only while somebody vouches for it. */
  readonly status: ApiStatus
  readonly reason: ReasonCode
  readonly sentence: string
  readonly userAction: string | null
  /** How long it has had no connection, as far as anybody knows, in milliseconds. */
  readonly downForMs: number
}

/** A phone that was away for longer is worth a look. WhatsApp unlinks devices after about 14 days. */
const PHONE_AWAY_MS = 7 * 86_400_000

/** Returns whether a phone is known to have been away for days. */
export const isPhoneAway = ({ phoneSeenAt }: ReportedSession, nowMs: number): boolean =>
  phoneSeenAt != null && nowMs - phoneSeenAt.getTime() > PHONE_AWAY_MS

/** Returns whether a live owner says that nothing is wrong with a session, so that nobody needs to read its document. */
export const isPlainlyFine = (reported: ReportedSession, nowMs: number): boolean =>
  reported.state === 'CONNECTED' &&
  reported.deafSince == null &&
  reported.archiveWaitSince === undefined &&
  !isPhoneAway(reported, nowMs)

/** Joins a session's document with the heartbeat of its owner. */
export function sessionFact(snapshot: DocumentSnapshot, runners: ReadonlyMap<string, RunnerFact>, nowMs: number): SessionFact {
  const sessionId = snapshot.id
  const named = snapshot.fields['runnerId']
  const runnerId = typeof named === 'string' ? named : null
  const runner = runners.get(runnerId ?? '') ?? null
  const common = {
    sessionId,
    tenant: tenantOf(sessionId),
    snapshot,
    isWanted: snapshot.fields['wanted'] === 'online',
    owner: ownerOf(runnerId, runner),
    runnerId,
    reported: runner?.document.sessions[sessionId] ?? null,
  }
  const document = parseSessionUnlessDamaged(snapshot)
  if (isHoldfastError(document)) {
    const reason = reasonOfDamage(document.code)
    return { ...common, document: null, status: 'FAILED', reason, ...REASONS[reason], downForMs: 0 }
  }
  const heartbeat = runner?.snapshot ?? null
  const status = statusOf(sessionId, document, heartbeat)
  return { ...common, document, ...status, downForMs: conditionOf(snapshot, heartbeat, nowMs).downForMs }
}

function ownerOf(runnerId: string | null, runner: RunnerFact | null): OwnerFact {
  if (runnerId === null) return 'none'
  if (!runner) return 'gone'
  return runner.isDead ? 'dead' : 'alive'
}
