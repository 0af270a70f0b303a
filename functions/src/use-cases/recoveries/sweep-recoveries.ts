import { FLEET_SCOPE } from '@holdfast/core/operations/health-document'
import type { OutageVerdict } from '@holdfast/core/operations/network-report'
import { fleetOutage, memberOf } from '@holdfast/core/operations/outage'
import { RECOVERY_ACTIONS, recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import type { Deadline } from '@holdfast/core/platform/deadlines'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { type Fields, SERVER_TIME } from '@holdfast/core/platform/ports'
import { LADDER_REASONS } from '@holdfast/core/session/recovery-ladder'
import type { Dependencies } from '../dependencies.ts'
import type { FleetFacts } from '../fleet-facts.ts'
import type { SessionFact } from '../fleet/session-facts.ts'
import { evidenceOf, type FleetOutageSeen, outageOf } from './lost-session-facts.ts'
import { TENANT_OF_RUNNERS } from './recoveries.ts'
import { readFleetOutage } from './request-recovery.ts'
import { BUDGET_WINDOW_MS, lostForMs, type PastAction, type SweepView, type SweepWish, wishesOf } from './sweep-decision.ts'

type Needed = Pick<Dependencies, 'documents' | 'tenants' | 'logger' | 'isRecoveryAutomatic'>

const MOST_PAST = 1000
const AT_ONCE = 10

/**
 * Asks for the recoveries that no owner asks for itself. The id of an action follows from the session, its loss and the number of the
 * attempt, so that two sweeps at once write one. With `AUTO_RECOVERY=false` it only proposes them.
 *
 * @returns the number of actions written, vetoes included
 */
export async function sweepRecoveries(needed: Needed, facts: FleetFacts, deadline: Deadline): Promise<number> {
  const view = await viewOf(needed, facts)
  const wishes = wishesOf(view)
  let written = 0
  await inParallel(AT_ONCE, wishes, async (wish) => {
    if (deadline.remainingMs > 0 && (await write(needed, wish, view))) written++
  })
  return written
}

async function viewOf(needed: Needed, facts: FleetFacts): Promise<SweepView> {
  const { documents, tenants } = needed
  const { nowMs, runners, sessions } = facts
  const named = new Set(sessions.map(({ tenant }) => tenant))
  const [stored, past, silences] = await Promise.all([
    readFleetOutage(documents),
    pastActions(needed, nowMs),
    Promise.all(
      [...named].map(async (tenant) => [tenant, (await tenants.settingsOf(tenant)).thresholds.silenceMinutes] as const),
    ),
  ])
  const silenceOf = new Map(silences)
  const open = facts.actions.map(({ content }) => content)
  return {
    nowMs,
    runners,
    sessions,
    outage: outageNow(stored, facts),
    wanted: facts.counts.wanted,
    open: new Set(open.flatMap(({ sessionId }) => (sessionId === '' ? [] : [sessionId]))),
    openRestarts: new Set(open.flatMap(({ targetRunner }) => targetRunner ?? [])),
    // Without the whole list of open actions, two recoveries of one session could meet.
    past: facts.cut.includes('recovery actions') ? null : past,
    silenceMsOf: (tenant) => (silenceOf.get(tenant) ?? tenants.defaults.thresholds.silenceMinutes) * 60_000,
  }
}

/** The verdict of the last run, which outlasts the outage by a moment, or what the heartbeats show now. */
function outageNow(stored: FleetOutageSeen, { runners, nowMs }: FleetFacts): FleetOutageSeen {
  if (stored.outage && stored.outage.verdict !== 'none') return stored
  const seen = fleetOutage(runners.map(({ id, document, isDead }) => memberOf(id, document, !isDead)))
  return { outage: { ...seen, runners: [...seen.runners], since: new Date(nowMs) }, silentForMs: 0 }
}

/** Returns what the sweep wrote lately. Null when that is more than a run reads. */
async function pastActions({ documents }: Needed, nowMs: number): Promise<PastAction[] | null> {
  const found = await documents.query({
    collection: RECOVERY_ACTIONS,
    where: [
      ['requestedBy', '==', 'sweep'],
      ['requestedAt', '>', new Date(nowMs - BUDGET_WINDOW_MS)],
    ],
    orderBy: ['requestedAt', 'desc'],
    limit: MOST_PAST + 1,
    select: ['sessionId', 'type', 'state', 'requestedAt', 'finishedAt'],
  })
  if (found.length > MOST_PAST) return null
  return found.map(({ fields }) => ({
    sessionId: String(fields['sessionId']),
    type: String(fields['type']),
    state: String(fields['state']),
    requestedAtMs: msOf(fields['requestedAt']) ?? nowMs,
    finishedAtMs: msOf(fields['finishedAt']),
  }))
}

const msOf = (time: unknown): number | null => (time instanceof Date ? time.getTime() : null)

/** Creates the action of a wish. False when it exists already. */
async function write({ documents, logger, isRecoveryAutomatic }: Needed, wish: SweepWish, view: SweepView): Promise<boolean> {
  const { id, fields } = actionOf(wish, view, isRecoveryAutomatic)
  const path = recoveryActionPath(id)
  const common = { v: 1, requestedBy: 'sweep', requestedAt: SERVER_TIME, steps: [] }
  try {
    await documents.commit([{ kind: 'create', path, fields: { ...common, ...fields } }])
  } catch (error) {
    if (await documents.read(path)) return false
    throw error
  }
  logger.warn(
    { action: id, type: fields['type'], state: fields['state'], why: fields['why'] },
    'The sweep wrote a recovery action.',
  )
  return true
}

const SENTENCES = {
  outage: 'The sessions are lost in an outage. They come back by themselves when it is over.',
  'mass-failure': 'Most sessions are lost at the same time, so that the cause cannot lie in the sessions.',
  'sweep-budget': 'The sweep has asked three times within six hours. The session goes on reconnecting by itself.',
}

function actionOf(wish: SweepWish, view: SweepView, isAutomatic: boolean): { readonly id: string; readonly fields: Fields } {
  const state = isAutomatic ? 'pending' : 'proposed'
  const told = isAutomatic ? '' : ` ${LADDER_REASONS['told-only']}`
  switch (wish.do) {
    case 'recover': {
      const { fact, attempt } = wish
      const minutes = Math.round(lostForMs(fact, view.nowMs) / 60_000)
      const why = `Without a connection for ${minutes} minutes, and its owner does not recover it.${told}`
      return { id: idOf(fact, view, attempt), fields: { ...ofSession(fact, view), state, why } }
    }
    case 'veto': {
      const veto = vetoed(wish.why)
      return { id: idOf(wish.fact, view, 0), fields: { ...ofSession(wish.fact, view), ...veto } }
    }
    case 'veto-all': {
      const fields = { ...OF_ALL, type: 'recover', ...vetoed(wish.why), evidence: wish.evidence }
      return { id: `${FLEET_SCOPE}-recover-${wish.why}-${episodeOf(wish.why, view)}`, fields }
    }
    case 'restart-runner': {
      const { runner, evidence } = wish
      const why = `Most of its sessions are lost to one cause, and other runners are well.${told}`
      const fields = { ...OF_ALL, type: 'restart-runner', targetRunner: runner.id, step: 'restart-runner', state, why, evidence }
      return { id: `${runner.id}-restart-runner-000001`, fields }
    }
  }
}

const OF_ALL = { tenant: TENANT_OF_RUNNERS, sessionId: '' }

const ofSession = (fact: SessionFact, { outage }: SweepView): Fields => ({
  tenant: fact.tenant,
  sessionId: fact.sessionId,
  type: 'recover',
  evidence: evidenceOf(fact, outageOf(fact, outage) satisfies OutageVerdict),
})

const vetoed = (why: keyof typeof SENTENCES): Fields => ({
  state: 'vetoed',
  why: SENTENCES[why],
  result: { code: why, sentence: SENTENCES[why] },
  finishedAt: SERVER_TIME,
})

/** One loss of a session has one id for each attempt, whoever looks. */
function idOf(fact: SessionFact, { nowMs }: SweepView, attempt: number): string {
  const lostSince = Math.floor((nowMs - lostForMs(fact, nowMs)) / 1000)
  return `${fact.sessionId}-recover-${lostSince}-${String(attempt).padStart(6, '0')}`
}

/** An outage is vetoed once. What has no beginning that everybody sees is vetoed once an hour. */
function episodeOf(why: 'outage' | 'mass-failure', { outage: { outage }, nowMs }: SweepView): number {
  const hour = Math.floor(nowMs / 3_600_000)
  return why === 'outage' && outage ? Math.floor(outage.since.getTime() / 1000) : hour
}
