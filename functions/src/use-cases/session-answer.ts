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
  /** What Firestore says; `status` and `reason` also know whether anybody vouches for it. */
  readonly state: SessionState
  readonly reason: ReasonCode
  readonly sentence: string
  readonly userAction: string | null
  readonly since: Date | null
  /** Of a session that waits before it connects again by itself. */
  readonly nextAttemptAt: Date | null
  /** Of a ban whose end WhatsApp has told. */
  readonly bannedUntil: Date | null
  /** How its last lost connection had ended: WhatsApp's code, what it was taken for, and what was made of it. */
  readonly lastDisconnect: LastDisconnect | null
  readonly wanted: 'online' | 'offline'
  readonly config: Readonly<Record<string, unknown>>
  readonly me: { readonly id: string; readonly lid: string | null } | null
  readonly owner: { readonly runnerId: string | null; readonly epoch: number }
  readonly lastProofOfLifeAt: Date | null
  readonly lastInboundAt: Date | null
  readonly counters: { readonly sent: number; readonly received: number }
  readonly checkpoint: { readonly object: string; readonly seq: number } | null
  readonly createdAt: Date | null
}

/** States that claim that a runner is at work. */
const LIVE_STATES: ReadonlySet<SessionState> = new Set([
  'CLAIMING',
  'RESTORING',
  'PAIRING',
  'CONNECTING',
  'CONNECTED',
  'BACKOFF',
  'MUTED',
])

/** States whose end has a time. */
const WAITING_STATES: ReadonlySet<SessionState> = new Set(['BACKOFF', 'REPLACED'])

type StatusOfSession = Pick<SessionAnswer, 'status' | 'reason' | 'sentence' | 'userAction'>

/** `runner` is the heartbeat document of the session's owner, null when there is none. */
export function sessionAnswer(snapshot: DocumentSnapshot, runner: DocumentSnapshot | null): SessionAnswer {
  const session = parseSession(snapshot)
  const { name, state, wanted, config, createdAt, checkpoint, me } = session
  // The owner's heartbeat knows better than the document, which is written when something changes.
  const fresh = parseRunner(runner)?.sessions[snapshot.id]
  return {
    name,
    ...statusOf(snapshot.id, session, runner),
    state,
    since: session.since ?? null,
    nextAttemptAt: WAITING_STATES.has(state) ? session.nextAttemptAt : null,
    bannedUntil: session.bannedUntil,
    lastDisconnect: session.lastDisconnect,
    wanted,
    config,
    me: me && { id: chatIdOf(me.id), lid: me.lid },
    owner: { runnerId: session.runnerId, epoch: session.epoch },
    lastProofOfLifeAt: later(session.lastProofOfLifeAt, fresh?.lastProofOfLifeAt ?? null),
    lastInboundAt: later(session.lastInboundAt, fresh?.lastInboundAt ?? null),
    counters: fresh?.counters ?? session.counters,
    checkpoint: checkpoint && { object: checkpoint.object, seq: checkpoint.seq },
    createdAt,
  }
}

/** The status, with what is said about it: a live state counts only while its runner is heard, and only if that one says so too. */
export function statusOf(
  sessionId: string,
  session: Pick<SessionDocument, 'state' | 'reason' | 'sentence' | 'userAction' | 'since' | 'runnerId' | 'epoch'>,
  heartbeat: DocumentSnapshot | null,
): StatusOfSession {
  const { state, reason, sentence, userAction } = session
  const status = apiStatusOf(state)
  const told = { status, reason, sentence, userAction }
  if (!LIVE_STATES.has(state)) return told
  // Without an owner nobody vouches for it either; but a runner that left may have said why it waits.
  if (session.runnerId === null) return status === 'STARTING' ? told : saying('STARTING', 'owner-lost')
  const runner = parseRunner(heartbeat)
  if (!heartbeat || !runner || heartbeat.silentForMs > runner.deadAfterMs) return saying('STARTING', 'owner-silent')
  // A heartbeat takes a moment to be written, and may say what was before the document was.
  const saidMs = runner.heartbeatAt.getTime() - (session.since?.getTime() ?? 0)
  if (saidMs <= runner.heartbeatIntervalMs) return told
  const vouched = runner.sessions[sessionId]
  if (!vouched || vouched.epoch !== session.epoch) return saying('STARTING', 'not-vouched-for')
  if (vouched.state === state) return told
  return saying(apiStatusOf(vouched.state), SAID_BY_STATE[vouched.state] ?? 'not-vouched-for')
}

const SAID_BY_STATE: Partial<Record<SessionState, ReasonCode>> = { CONNECTED: 'logged-in', MUTED: 'firestore-away' }

const saying = (status: ApiStatus, reason: ReasonCode): StatusOfSession => ({ status, reason, ...REASONS[reason] })

/** Null as well for a heartbeat that does not parse: it vouches for nothing, and must not hide the sessions. */
function parseRunner(snapshot: DocumentSnapshot | null): RunnerDocument | null {
  return runnerDocumentSchema.safeParse(snapshot?.fields).data ?? null
}

function later(one: Date | null, other: Date | null): Date | null {
  if (!one || !other) return one ?? other
  return one > other ? one : other
}

/** For a document that does not parse: one damaged session must not hide the others. */
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
    checkpoint: null,
    createdAt: null,
  }
}
