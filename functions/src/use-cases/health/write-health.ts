import { unlessChanged } from '@holdfast/core/platform/unless-changed'
import { downTimesOf, downTimesPath, monthOf } from '@holdfast/core/operations/down-times-document'
import { FLEET_HISTORY_PATH, type FleetHistory, fleetHistorySchema } from '@holdfast/core/operations/fleet-history-document'
import {
  FLEET_SCOPE,
  HEALTH,
  type HealthDocument,
  healthDocumentSchema,
  healthPath,
  runnerScope,
  sessionScope,
} from '@holdfast/core/operations/health-document'
import { resolveAlert } from '@holdfast/core/operations/alerts'
import { fleetOutage, memberOf } from '@holdfast/core/operations/outage'
import { type Change, type DocumentSnapshot, type Fields, SERVER_TIME } from '@holdfast/core/platform/ports'
import type { Dependencies } from '../dependencies.ts'
import type { FleetFacts } from '../fleet-facts.ts'
import { isPlainlyFine } from '../fleet/session-facts.ts'
import { nextDownTimes } from './down-times.ts'
import { elapsedOf, NO_HISTORY, nextHistory } from './history.ts'
import { sessionFigures } from './session-figures.ts'
import { healthOfFleet, healthOfRunner, healthOfSession, type HealthVerdict, isFull } from './verdicts.ts'

type Needed = Pick<Dependencies, 'documents' | 'logger' | 'thresholds'>

/** Documents that one run reads at most: those of the fleet, of runners, and of as many sessions as the facts can have. */
const MOST = 3000

/** Firestore takes 500 changes in one commit. */
const IN_A_COMMIT = 400

/** The document of a session whose verdict is the same is renewed after this time only, which keeps a month of it cheap. */
const SESSION_RENEWED_AFTER_MS = 10 * 60_000

/**
 * Writes the health of the fleet, of each runner, and of each session that is not well, and removes what does not apply any more. Of
 * two runs at once, one writes: the first commit depends on the version of the fleet's document that the run has read.
 *
 * @returns the number of documents written or removed
 */
export async function writeHealth({ documents, logger, thresholds }: Needed, facts: FleetFacts): Promise<number> {
  const month = monthOf(facts.nowMs)
  const [found, historySnapshot, monthSnapshot] = await Promise.all([
    documents.query({ collection: HEALTH, limit: MOST }),
    documents.read(FLEET_HISTORY_PATH),
    documents.read(downTimesPath(month)),
  ])
  const before = new Map(found.map((snapshot) => [snapshot.id, snapshot]))
  const fleet = before.get(FLEET_SCOPE) ?? null
  const outage = outageOf(facts, parsed(fleet)?.outage ?? null)
  const verdict = healthOfFleet(facts, { thresholds, outage: outage.verdict })
  const history = historyOf(logger, historySnapshot)
  const figures = sessionFigures(facts)
  const elapsedMs = elapsedOf(historySnapshot?.silentForMs ?? null)
  const remembered = { v: 1, measuredAt: SERVER_TIME, ...nextHistory(history, { facts, figures, verdict, elapsedMs }) }
  const downBefore = downTimesOf(monthSnapshot)
  const down = nextDownTimes(downBefore, facts, elapsedMs)
  const others = verdictsOf(facts, thresholds)
  const changes: Change[] = [
    unlessChanged(healthPath(FLEET_SCOPE), fleet, { ...fieldsOf(FLEET_SCOPE, verdict, parsed(fleet)), outage }),
    unlessChanged(FLEET_HISTORY_PATH, historySnapshot, remembered),
    ...(down === downBefore ? [] : [unlessChanged(downTimesPath(month), monthSnapshot, { v: 1, month, down })]),
    ...[...others].flatMap(([scope, each]) => renewal(scope, each, before.get(scope) ?? null)),
    ...removals(
      facts,
      [...before.keys()].filter((scope) => scope !== FLEET_SCOPE && !others.has(scope)),
    ),
  ]
  for (let at = 0; at < changes.length; at += IN_A_COMMIT) {
    try {
      await documents.commit(changes.slice(at, at + IN_A_COMMIT))
    } catch (error) {
      const now = at === 0 ? await documents.read(healthPath(FLEET_SCOPE)) : fleet
      if (now?.updatedAtMicros === fleet?.updatedAtMicros) throw error
      logger.info('Another run of the sweep wrote the health.')
      return 0
    }
  }
  await resolveSweepDead(documents, facts)
  return changes.length
}

/** The runners raise this alert while no sweep runs. This run is the proof that one does. */
async function resolveSweepDead(documents: Needed['documents'], { alerts }: FleetFacts): Promise<void> {
  const isOpen = alerts.some(({ content: { type, scope } }) => type === 'sweep-dead' && scope === FLEET_SCOPE)
  if (isOpen) await resolveAlert(documents, 'sweep-dead', FLEET_SCOPE)
}

/**
 * An outage keeps its beginning for as long as the verdict is the same. The beginning is a time of the functions' clock, because alerts
 * compare it with that clock.
 */
function outageOf({ runners, nowMs }: FleetFacts, before: HealthDocument['outage']) {
  const { verdict, runners: concerned } = fleetOutage(runners.map(({ id, document, isDead }) => memberOf(id, document, !isDead)))
  return { verdict, runners: concerned, since: before?.verdict === verdict ? before.since : new Date(nowMs) }
}

function verdictsOf({ runners, sessions, nowMs }: FleetFacts, thresholds: Needed['thresholds']): Map<string, HealthVerdict> {
  const hasNoRoom = isFull({ runners })
  return new Map([
    ...runners.map((runner) => [runnerScope(runner.id), healthOfRunner(runner, sessions, thresholds)] as const),
    ...sessions.flatMap((session) => {
      const verdict = healthOfSession(session, nowMs, hasNoRoom)
      return verdict ? [[sessionScope(session.sessionId), verdict] as const] : []
    }),
  ])
}

const parsed = (snapshot: DocumentSnapshot | null): HealthDocument | null =>
  healthDocumentSchema.safeParse(snapshot?.fields).data ?? null

/** A damaged history begins anew: it holds figures only. */
function historyOf(logger: Needed['logger'], snapshot: DocumentSnapshot | null): Omit<FleetHistory, 'v' | 'measuredAt'> {
  if (!snapshot) return NO_HISTORY
  const history = fleetHistorySchema.safeParse(snapshot.fields).data
  if (!history) logger.error({ document: snapshot.path }, 'The history of the fleet is damaged and begins anew.')
  return history ?? NO_HISTORY
}

const fieldsOf = (scope: string, { status, problems, figures }: HealthVerdict, before: HealthDocument | null): Fields => ({
  v: 1,
  scope,
  status,
  since: before?.status === status ? before.since : SERVER_TIME,
  measuredAt: SERVER_TIME,
  problems,
  figures,
})

function renewal(scope: string, verdict: HealthVerdict, snapshot: DocumentSnapshot | null): Change[] {
  const before = parsed(snapshot)
  const isOfSession = scope.startsWith(sessionScope(''))
  if (isOfSession && snapshot && before && isSame(before, verdict) && snapshot.silentForMs < SESSION_RENEWED_AFTER_MS) return []
  return [{ kind: 'merge', path: healthPath(scope), fields: fieldsOf(scope, verdict, before) }]
}

const isSame = (before: HealthDocument, { status, problems }: HealthVerdict): boolean =>
  before.status === status && codesOf(before.problems) === codesOf(problems)

const codesOf = (problems: HealthDocument['problems']): string => problems.map(({ code }) => code).join()

/** Removes what nobody has to see any more. A session that the facts may have left out keeps its document. */
function removals({ runners, damagedRunners, sessions, cut, nowMs }: FleetFacts, scopes: readonly string[]): Change[] {
  const isCut = cut.some((list) => list.startsWith('sessions'))
  const fine = new Set(
    runners.flatMap(({ document, isDead }) =>
      Object.entries(document.sessions).flatMap(([id, one]) => (!isDead && isPlainlyFine(one, nowMs) ? [sessionScope(id)] : [])),
    ),
  )
  const seen = new Set(sessions.map(({ sessionId }) => sessionScope(sessionId)))
  const mayBeUnwell = (scope: string) => isCut && !fine.has(scope) && !seen.has(scope)
  const mayBeAlive = new Set(damagedRunners.map(runnerScope))
  const isOver = (scope: string) =>
    scope.startsWith(sessionScope('')) ? !mayBeUnwell(scope) : scope.startsWith(runnerScope('')) && !mayBeAlive.has(scope)
  return scopes.filter(isOver).map((scope) => ({ kind: 'delete', path: healthPath(scope) }))
}
