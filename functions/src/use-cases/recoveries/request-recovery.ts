import { FLEET_SCOPE, healthDocumentSchema, healthPath } from '@holdfast/core/operations/health-document'
import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { sessionNameOf } from '@holdfast/core/session/ids'
import type { RecoveryStep } from '@holdfast/core/session/recovery-ladder'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { findSession, knownSessions } from '../find-session.ts'
import { runnerFacts } from '../fleet/runner-facts.ts'
import { type SessionFact, sessionFact } from '../fleet/session-facts.ts'
import { sessionStopped } from '../recovery-actions.ts'
import { Refusal } from '../refusal.ts'
import { restorePlanOf } from '../restore-session.ts'
import type { ActionAnswer } from './action-answer.ts'
import { evidenceOf, type FleetOutageSeen, ladderFactsOf, outageOf, type Surroundings } from './lost-session-facts.ts'
import { TENANT_OF_RUNNERS } from './recoveries.ts'
import { requestAction } from './request-action.ts'
import { decideRequest, type RequestDecision } from './request-decision.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'journals' | 'wrappingKey' | 'tenants' | 'clock' | 'logger'>

/** What is done about one session, or would be. */
export interface RecoveryAnswer extends RequestDecision {
  readonly session: string
  /** The action that performs it or waits for an approval. Null in a dry run, and when nothing is done. */
  readonly action: ActionAnswer | null
  /** What the caller can do. Null: nothing more. */
  readonly next: string | null
}

interface OneRequest {
  readonly name: string
  /** Undefined: the ladder decides. */
  readonly step: RecoveryStep | undefined
  readonly reason: string | undefined
  readonly dryRun: boolean
}

interface ManyRequest {
  /** Names of sessions. Undefined: all that are lost. */
  readonly sessions: readonly string[] | undefined
  readonly reason: string | undefined
  readonly dryRun: boolean
}

/** A session that has had no connection for less may be about to come back, and is not "lost" where nobody names it. */
const LOST_AFTER_MS = 60_000

/** Sessions of one request. The owners connect at their own pace. */
export const MOST_RECOVERIES_AT_ONCE = 500

const AT_ONCE = 10

/**
 * Asks for the recovery of one session, or tells what would be done. Asked twice, it is done once.
 *
 * @throws Refusal `unknown-session`, `session-stopped`, `cannot-recover`, and for a restore `nothing-to-restore` or `cannot-restore`
 */
export async function recoverSession(needed: Needed, principal: Principal, request: OneRequest): Promise<RecoveryAnswer> {
  const { documents, clock } = needed
  const { name, step = null, dryRun, reason } = request
  const { snapshot } = await findSession(documents, principal, name)
  if (snapshot.fields['wanted'] === 'offline') throw sessionStopped(name)
  const around = await surroundings(documents, clock.now())
  const fact = factOf(snapshot, around)
  const decision = await decided(needed, principal, { fact, around, step })
  if (decision.outcome === 'proposed') await requireDoable(needed, principal, { fact, step: decision.step })
  return done(needed, principal, { fact, around, decision, asked: step, why: reason, dryRun })
}

/**
 * Asks for the recovery of many sessions. Steps that a person has to approve are left to requests for one session.
 *
 * @returns what is done about each, and how many further sessions wait for a repeated request
 */
export async function recoverSessions(needed: Needed, principal: Principal, { sessions: names, reason, dryRun }: ManyRequest) {
  const { documents, clock } = needed
  const found = await knownSessions(documents, principal)
  const around = await surroundings(documents, clock.now())
  const runners = new Map(around.runners.map((runner) => [runner.id, runner]))
  const facts = found.map((snapshot) => sessionFact(snapshot, runners, around.nowMs))
  const byName = new Map(facts.map((fact) => [sessionNameOf(fact.sessionId), fact]))
  const wanted = names ? [...new Set(names)] : facts.filter(isLost).map(({ sessionId }) => sessionNameOf(sessionId))
  const now = wanted.slice(0, MOST_RECOVERIES_AT_ONCE)
  const answers = new Map<string, RecoveryAnswer>()
  await inParallel(AT_ONCE, now, async (name) => {
    const fact = byName.get(name)
    if (!fact) return void answers.set(name, unknown(name))
    if (!fact.isWanted) return void answers.set(name, stopped(name))
    const decision = await decided(needed, principal, { fact, around, step: null })
    answers.set(name, await done(needed, principal, { fact, around, decision, asked: null, why: reason, dryRun }))
  })
  return { dryRun, sessions: now.flatMap((name) => answers.get(name) ?? []), left: wanted.length - now.length }
}

/** A session that is wanted, has no connection, and waits for no person. */
const isLost = ({ isWanted, status, downForMs, reported }: SessionFact): boolean =>
  isWanted && ((status === 'STARTING' && downForMs > LOST_AFTER_MS) || (status === 'WORKING' && reported?.deafSince != null))

const factOf = (snapshot: DocumentSnapshot, { runners, nowMs }: Surroundings): SessionFact =>
  sessionFact(snapshot, new Map(runners.map((runner) => [runner.id, runner])), nowMs)

async function surroundings(documents: DocumentStore, nowMs: number): Promise<Surroundings> {
  const [heartbeats, outage] = await Promise.all([documents.query({ collection: RUNNERS }), readFleetOutage(documents)])
  return { runners: runnerFacts(heartbeats).runners, outage, nowMs }
}

/** A verdict that does not parse counts for nothing. */
export async function readFleetOutage(documents: DocumentStore): Promise<FleetOutageSeen> {
  const health = await documents.read(healthPath(FLEET_SCOPE))
  return { outage: healthDocumentSchema.safeParse(health?.fields).data?.outage ?? null, silentForMs: health?.silentForMs ?? 0 }
}

interface Asked {
  readonly fact: SessionFact
  readonly around: Surroundings
  readonly step: RecoveryStep | null
}

async function decided({ tenants }: Needed, principal: Principal, { fact, around, step }: Asked): Promise<RequestDecision> {
  const { thresholds } = await tenants.settingsOf(principal.tenant)
  const silenceMs = thresholds.silenceMinutes * 60_000
  const decision = decideRequest(ladderFactsOf(fact, around, { silenceMs, isAutomatic: true, request: { step, by: 'person' } }))
  // Most sessions of a runner are not the caller's.
  if (step === 'restart-runner' && principal.role !== 'operator') {
    throw new Refusal('forbidden', 'Only the operator of the installation may have a runner restarted.')
  }
  return decision
}

/** Refuses a step of a person that cannot be done, before anybody is asked to approve it. */
async function requireDoable(
  needed: Needed,
  principal: Principal,
  { fact, step }: { readonly fact: SessionFact; readonly step: RecoveryStep | null },
): Promise<void> {
  const name = sessionNameOf(fact.sessionId)
  if (step === 'restore') await restorePlanOf(needed, principal, name)
  if (step === 'new-qr' && !isUnlinked(fact)) {
    const advice = `Unlink it first, which keeps its state: POST /api/sessions/${name}/logout.`
    throw new Refusal('cannot-recover', `A phone is linked to "${name}". ${advice}`)
  }
}

/** Whether a new QR code costs nothing, because no device is linked. */
export const isUnlinked = ({ document }: Pick<SessionFact, 'document'>): boolean =>
  document !== null && (document.state === 'LOGGED_OUT' || document.me === null)

interface Decided {
  readonly fact: SessionFact
  readonly around: Surroundings
  readonly decision: RequestDecision
  readonly asked: RecoveryStep | null
  readonly why: string | undefined
  readonly dryRun: boolean
}

async function done(needed: Needed, principal: Principal, given: Decided): Promise<RecoveryAnswer> {
  const { fact, decision, dryRun } = given
  const session = sessionNameOf(fact.sessionId)
  const answer = { session, ...decision }
  if (dryRun) return { ...answer, action: null, next: nextOf(session, decision, null) }
  if (decision.outcome === 'nothing') return { ...answer, action: null, next: nextOf(session, decision, fact.userAction) }
  const action = await write(needed, principal, given, decision.outcome)
  needed.logger.info({ action: action.id, outcome: decision.outcome, code: decision.code }, 'A recovery was asked for.')
  const approve = `Approve it: POST /api/recoveries/${action.id}/approve.`
  const follow = `Follow it: GET /api/recoveries/${action.id}.`
  return { ...answer, action, next: action.state === 'proposed' ? approve : follow }
}

function nextOf(session: string, { outcome, step }: RequestDecision, userAction: string | null): string | null {
  if (outcome === 'nothing' && step !== null)
    return `Ask for it by name: POST /api/sessions/${session}/recover {"step": "${step}"}.`
  return outcome === 'requested' || outcome === 'proposed' ? 'Nothing was done. Ask again without `dryRun`.' : userAction
}

function write(
  { documents }: Needed,
  principal: Principal,
  { fact, around, decision, asked, why: given }: Decided,
  outcome: RequestDecision['outcome'],
): Promise<ActionAnswer> {
  const why = given ?? 'Requested over HTTP.'
  const evidence = evidenceOf(fact, outageOf(fact, around.outage))
  const state = outcome === 'requested' ? 'pending' : outcome === 'proposed' ? 'proposed' : 'vetoed'
  const result = { code: decision.code, sentence: decision.sentence }
  const common = { why, evidence, state, result } as const
  const { sessionId, runnerId } = fact
  if (outcome === 'proposed' && decision.step === 'restart-runner' && runnerId !== null) {
    const operator = { ...principal, tenant: TENANT_OF_RUNNERS }
    const restart = { sessionId: '', type: 'restart-runner', targetRunner: runnerId, step: decision.step } as const
    return requestAction(documents, operator, { ...common, ...restart })
  }
  if (outcome === 'proposed' && decision.step === 'restore') {
    return requestAction(documents, principal, { ...common, sessionId, type: 'restore', step: decision.step })
  }
  const step = outcome === 'requested' ? asked : decision.step
  return requestAction(documents, principal, { ...common, sessionId, type: 'recover', step })
}

const NOTHING = { outcome: 'nothing', step: null, action: null } as const

const stopped = (session: string): RecoveryAnswer => ({
  ...NOTHING,
  session,
  code: 'session-stopped',
  sentence: 'The session is stopped.',
  next: `Start it: POST /api/sessions/${session}/start.`,
})

const unknown = (session: string): RecoveryAnswer => ({
  ...NOTHING,
  session,
  outcome: 'unknown',
  code: 'unknown-session',
  sentence: 'There is no such session.',
  next: null,
})
