import type { PacingFigures } from '@holdfast/core/session/pacing-figures'
import type { LastDisconnect, SessionDocument } from '@holdfast/core/session/session-document'
import { type RunnerDocument, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import type { HoldfastError } from '@holdfast/core/platform/errors'
import { chatIdOf } from '@holdfast/core/message/chat-id'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import {
  type ApiStatus,
  REASONS,
  type ReasonCode,
  type SessionState,
  apiStatusOf,
  reasonOfDamage,
} from '@holdfast/core/session/session-states'
import { parseSession } from './find-session.ts'

/** A session as the API shows it. Dates become ISO 8601 texts. */
export interface SessionAnswer {
  readonly name: string
  readonly status: ApiStatus
  /** The stored state. `status` and `reason` also depend on the owner's heartbeat. */
  readonly state: SessionState
  readonly reason: ReasonCode
  readonly sentence: string
  readonly userAction: string | null
  readonly since: Date | null
  /** The next connection attempt. Null when the session does not wait for one. */
  readonly nextAttemptAt: Date | null
  /** The end of a ban, if WhatsApp stated it. */
  readonly bannedUntil: Date | null
  /** How the last lost connection ended: WhatsApp's code, and the class and the reason that the runner derived from it. */
  readonly lastDisconnect: LastDisconnect | null
  readonly wanted: 'online' | 'offline'
  readonly config: Readonly<Record<string, unknown>>
  readonly me: { readonly id: string; readonly pushName: string; readonly lid: string | null; readonly jid: string } | null
  readonly owner: { readonly runnerId: string | null; readonly epoch: number }
  readonly lastProofOfLifeAt: Date | null
  readonly lastInboundAt: Date | null
  readonly counters: { readonly sent: number; readonly received: number }
  /** How much it has sent and may send, as its owner last counted. Null before the first paced message. */
  readonly pacing: PacingFigures | null
  /** Percent of this month (UTC) for which it was connected while it should have been. Null while nothing is known. */
  readonly availability: number | null
  readonly checkpoint: { readonly object: string; readonly seq: number } | null
  readonly createdAt: Date | null
}

/** States that only a running owner can keep true. */
const LIVE_STATES: ReadonlySet<SessionState> = new Set([
  'CLAIMING',
  'RESTORING',
  'PAIRING',
  'CONNECTING',
  'CONNECTED',
  'BACKOFF',
  'MUTED',
])

/** States that end at a known time. */
const WAITING_STATES: ReadonlySet<SessionState> = new Set(['BACKOFF', 'REPLACED', 'QUARANTINED'])

type StatusOfSession = Pick<SessionAnswer, 'status' | 'reason' | 'sentence' | 'userAction'>

/** Makes the answer for a session. `runner` is the heartbeat document of the session's owner, null when there is none. */
export function sessionAnswer(snapshot: DocumentSnapshot, runner: DocumentSnapshot | null): SessionAnswer {
  const session = parseSession(snapshot)
  const { name, state, wanted, config, createdAt, checkpoint, me } = session
  // The owner's heartbeat has newer figures than the document, which is written only when something changes.
  const fresh = parseRunner(runner)?.sessions[snapshot.id]
  return {
    name,
    ...statusAsWanted(wanted, statusOf(snapshot.id, session, runner)),
    state,
    since: session.since ?? null,
    nextAttemptAt: WAITING_STATES.has(state) ? session.nextAttemptAt : null,
    bannedUntil: session.bannedUntil,
    lastDisconnect: session.lastDisconnect,
    wanted,
    config,
    me: me && { id: chatIdOf(me.id), pushName: me.pushName ?? '', lid: me.lid, jid: me.id },
    owner: { runnerId: session.runnerId, epoch: session.epoch },
    lastProofOfLifeAt: later(session.lastProofOfLifeAt, fresh?.lastProofOfLifeAt ?? null),
    lastInboundAt: later(session.lastInboundAt, fresh?.lastInboundAt ?? null),
    counters: fresh?.counters ?? session.counters,
    pacing: session.pacing,
    availability: null,
    checkpoint: checkpoint && { object: checkpoint.object, seq: checkpoint.seq },
    createdAt,
  }
}

/** Returns the status of a session and its reason. A live state counts only while a recent heartbeat of the owner confirms it. */
export function statusOf(
  sessionId: string,
  session: Pick<SessionDocument, 'state' | 'reason' | 'sentence' | 'userAction' | 'since' | 'runnerId' | 'epoch'>,
  heartbeat: DocumentSnapshot | null,
): StatusOfSession {
  const { state, reason, sentence, userAction } = session
  const status = apiStatusOf(state)
  const stored = { status, reason, sentence, userAction }
  if (!LIVE_STATES.has(state)) return stored
  // Without an owner no heartbeat confirms the state. A stored reason for waiting stays: the last owner may have written it.
  if (session.runnerId === null) return status === 'STARTING' ? stored : withReason('STARTING', 'owner-lost')
  const runner = parseRunner(heartbeat)
  if (!heartbeat || !runner || heartbeat.silentForMs > runner.deadAfterMs) return withReason('STARTING', 'owner-silent')
  // A heartbeat takes a moment to be written, so its content can be older than the document.
  const sinceChangeMs = runner.heartbeatAt.getTime() - (session.since?.getTime() ?? 0)
  if (sinceChangeMs <= runner.heartbeatIntervalMs) return stored
  const reported = runner.sessions[sessionId]
  if (!reported || reported.epoch !== session.epoch) return withReason('STARTING', 'not-vouched-for')
  if (reported.state === 'CONNECTED' && reported.archiveWaitSince) return withReason('WORKING', 'archive-of-later-version')
  if (reported.state === state) return stored
  return withReason(apiStatusOf(reported.state), REASON_OF_STATE[reported.state] ?? 'not-vouched-for')
}

/** Returns the status that callers see. A session that was started is starting also before a runner has taken it. */
export const statusAsWanted = (wanted: SessionDocument['wanted'], given: StatusOfSession): StatusOfSession =>
  wanted === 'online' && given.status === 'STOPPED' ? withReason('STARTING', 'awaiting-runner') : given

const REASON_OF_STATE: Partial<Record<SessionState, ReasonCode>> = { CONNECTED: 'logged-in', MUTED: 'firestore-away' }

const withReason = (status: ApiStatus, reason: ReasonCode): StatusOfSession => ({ status, reason, ...REASONS[reason] })

/** A heartbeat names all sessions of its runner, and each of these asks for it. */
const parsedRunners = new WeakMap<DocumentSnapshot, RunnerDocument | null>()

/** Parses a heartbeat. Null also when it does not parse, because it then confirms nothing and must not hide the sessions. */
function parseRunner(snapshot: DocumentSnapshot | null): RunnerDocument | null {
  if (!snapshot) return null
  const known = parsedRunners.get(snapshot)
  if (known !== undefined) return known
  const parsed = runnerDocumentSchema.safeParse(snapshot.fields).data ?? null
  parsedRunners.set(snapshot, parsed)
  return parsed
}

function later(one: Date | null, other: Date | null): Date | null {
  if (!one || !other) return one ?? other
  return one > other ? one : other
}

/** Makes the answer for a session whose document does not parse. One damaged session must not hide the others. */
export function damagedSessionAnswer(name: string, damage: HoldfastError): SessionAnswer {
  const reason = reasonOfDamage(damage.code)
  return {
    name,
    status: 'FAILED',
    state: 'NEEDS_ATTENTION',
    reason,
    ...REASONS[reason],
    since: null,
    nextAttemptAt: null,
    bannedUntil: null,
    lastDisconnect: null,
    wanted: 'offline',
    config: {},
    me: null,
    owner: { runnerId: null, epoch: 0 },
    lastProofOfLifeAt: null,
    lastInboundAt: null,
    counters: { sent: 0, received: 0 },
    pacing: null,
    availability: null,
    checkpoint: null,
    createdAt: null,
  }
}
