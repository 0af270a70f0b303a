import {
  OPEN_ACTION_STATES,
  RECOVERY_ACTIONS,
  type RecoveryAction,
  recoveryActionPath,
  recoveryActionSchema,
} from '@holdfast/core/operations/recovery-action-document'
import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { Append, type DocumentSnapshot, SERVER_TIME } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import { sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import type { FleetFacts } from '../fleet-facts.ts'
import { type ActionAnswer, actionAnswer } from '../recoveries/action-answer.ts'
import { lastNumber, numberedId } from '../recoveries/action-numbers.ts'
import { TENANT_OF_RUNNERS } from '../recoveries/recoveries.ts'
import { Refusal } from '../refusal.ts'
import { drillEnd, type DrillSession } from './drill-end.ts'
import { type RunnerFact, runnerFacts } from './runner-facts.ts'

/** One kind for all runners, so that of two requests at once the second one finds the drill of the first. */
const KIND = 'fleet-crash-drill'

const WHY = 'An operator asked for a crash drill.'

const AT_ONCE = 10

/**
 * Asks a runner to end at once, as in a crash, so that people see how its sessions come back. One drill is open at a time: whoever asks
 * again meanwhile gets the same one.
 *
 * @param runner the id of the runner; undefined: the one with the fewest connected sessions, of those that have any
 * @throws Refusal `cannot-drill` when there is no such runner at work, or none with a connected session
 */
export async function requestCrashDrill(
  { documents, logger }: Pick<Dependencies, 'documents' | 'logger'>,
  { key }: Principal,
  runner: string | undefined,
): Promise<ActionAnswer> {
  for (;;) {
    // First. A drill that is created after it is found open, or it has the number that this request tries.
    const number = (await lastNumber(documents, KIND)) + 1
    const open = await openDrill(documents)
    if (open) return open
    const { runners } = runnerFacts(await documents.query({ collection: RUNNERS }))
    const target = chosen(runners, runner)
    const sessions = connectedOf(target)
    const path = recoveryActionPath(numberedId(KIND, number))
    const evidence = { sessions: sessions.length, otherRunners: atWork(runners).length - 1 }
    const asked = {
      v: 1,
      tenant: TENANT_OF_RUNNERS,
      sessionId: '',
      type: 'crash-drill',
      targetRunner: target.id,
      state: 'pending',
    }
    const fields = { ...asked, why: WHY, evidence, drill: { sessions }, requestedBy: 'api', requestedAt: SERVER_TIME, steps: [] }
    try {
      await documents.commit([{ kind: 'create', path, fields }])
    } catch (error) {
      if (!(await documents.read(path))) throw error
      continue
    }
    logger.warn({ action: path, runner: target.id, sessions: sessions.length, by: key }, 'A crash drill was asked for.')
  }
}

/** Skips damaged actions, because no runner will ever perform them. */
async function openDrill(documents: Dependencies['documents']): Promise<ActionAnswer | null> {
  const open = await documents.query({
    collection: RECOVERY_ACTIONS,
    where: [
      ['type', '==', 'crash-drill'],
      ['state', 'in', OPEN_ACTION_STATES],
    ],
  })
  for (const snapshot of open) {
    const action = parseUnlessDamaged(recoveryActionSchema, snapshot)
    if (!isHoldfastError(action)) return actionAnswer(snapshot.id, action)
  }
  return null
}

const atWork = (runners: readonly RunnerFact[]): readonly RunnerFact[] =>
  runners.filter(({ isDead, document }) => !isDead && document.state === 'active')

const connectedOf = ({ document }: RunnerFact): string[] =>
  Object.entries(document.sessions).flatMap(([id, { state }]) => (state === 'CONNECTED' ? [id] : []))

function chosen(runners: readonly RunnerFact[], wanted: string | undefined): RunnerFact {
  const able = atWork(runners).filter((runner) => connectedOf(runner).length > 0)
  const [target] = able
    .filter(({ id }) => wanted === undefined || id === wanted)
    .toSorted((one, other) => connectedOf(one).length - connectedOf(other).length)
  if (target) return target
  throw new Refusal(
    'cannot-drill',
    wanted === undefined
      ? 'No runner at work has a connected session, so that a crash would show nothing.'
      : 'There is no runner of this id at work with a connected session. GET /api/fleet lists the runners.',
  )
}

/**
 * Ends the drills whose outcome is known, and says how the sessions came back.
 *
 * @returns the number of ended drills
 */
export async function endDrills(
  { documents, clock, logger }: Pick<Dependencies, 'documents' | 'clock' | 'logger'>,
  { actions, runners }: Pick<FleetFacts, 'actions' | 'runners'>,
): Promise<number> {
  let ended = 0
  for (const { snapshot, content } of actions) {
    if (content.type !== 'crash-drill' || content.targetRunner === null) continue
    const end = drillEnd(content, {
      silentForMs: snapshot.silentForMs,
      isTargetGone: !runners.some(({ id, isDead }) => id === content.targetRunner && !isDead),
      sessions: content.state === 'running' ? await sessionsOf(documents, content) : [],
    })
    if (!end) continue
    const { state, result, evidence } = end
    const steps = new Append({ at: new Date(clock.now()), what: result.sentence })
    const by = state === 'cancelled' ? { cancelledBy: 'sweep' } : {}
    const fields = { state, result, evidence: { ...content.evidence, ...evidence }, steps, finishedAt: SERVER_TIME, ...by }
    if (!(await writeUnlessChanged(documents, snapshot.path, snapshot, fields))) continue
    logger.warn({ action: snapshot.id, state, result: result.code, ...evidence }, 'A crash drill ended.')
    ended++
  }
  return ended
}

async function sessionsOf(documents: Dependencies['documents'], { drill }: RecoveryAction): Promise<DrillSession[]> {
  const found: DrillSession[] = []
  await inParallel(AT_ONCE, drill?.sessions ?? [], async (id) => {
    found.push(seenIn(await documents.read(sessionPath(id))))
  })
  return found
}

/** What cannot be read is not back. */
function seenIn(snapshot: DocumentSnapshot | null): DrillSession {
  const session = snapshot && sessionDocumentSchema.safeParse(snapshot.fields).data
  if (!snapshot) return { isWanted: false, runnerId: null, connectedSince: null }
  const isConnected = session?.state === 'CONNECTED'
  return {
    isWanted: snapshot.fields['wanted'] === 'online',
    runnerId: session?.runnerId ?? null,
    connectedSince: isConnected ? (session.since ?? null) : null,
  }
}
