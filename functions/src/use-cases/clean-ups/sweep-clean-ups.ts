import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import type { Deadline } from '@holdfast/core/platform/deadlines'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { SERVER_TIME } from '@holdfast/core/platform/ports'
import { tenantOf } from '@holdfast/core/session/ids'
import type { Dependencies } from '../dependencies.ts'
import type { FleetFacts } from '../fleet-facts.ts'
import { type DueCleanUp, dueCleanUp } from './due-clean-up.ts'

type Needed = Pick<Dependencies, 'documents' | 'tenants' | 'logger'>

/** One run looks at so many, and the run of the next minute at those behind them. */
const MOST_AT_ONCE = 50
const AT_ONCE = 10
const MINUTE_MS = 60_000

interface Wish extends DueCleanUp {
  readonly sessionId: string
  readonly isDryRun: boolean
}

/**
 * Asks for the clean-ups that are due by the numbers in the heartbeats. Reads nothing else but settings. The id of an action follows from
 * the session and the slot of time, so that two sweeps at once write one.
 *
 * @returns the number of actions written
 */
export async function sweepCleanUps(needed: Needed, facts: FleetFacts, deadline: Deadline): Promise<number> {
  const wishes = await wishesOf(needed, facts)
  let written = 0
  await inParallel(AT_ONCE, turnOf(wishes, facts.nowMs), async (wish) => {
    if (deadline.remainingMs > 0 && (await ask(needed, wish))) written++
  })
  return written
}

/** A wish stays when its action of this slot has ended, as a dry run or a failure, and must not hide the others. */
function turnOf(wishes: readonly Wish[], nowMs: number): readonly Wish[] {
  const first = (Math.floor(nowMs / MINUTE_MS) * MOST_AT_ONCE) % Math.max(wishes.length, 1)
  return [...wishes.slice(first), ...wishes.slice(0, first)].slice(0, MOST_AT_ONCE)
}

async function wishesOf({ tenants }: Needed, { runners, actions, nowMs }: FleetFacts): Promise<Wish[]> {
  const busy = new Set(actions.map(({ content }) => content.sessionId))
  const wishes: Wish[] = []
  for (const { isDead, document } of runners) {
    if (isDead) continue
    for (const [sessionId, { records, state }] of Object.entries(document.sessions)) {
      if (!records?.removable || state !== 'CONNECTED' || busy.has(sessionId)) continue
      const settings = await tenants.settingsOf(tenantOf(sessionId))
      const due = dueCleanUp(records, settings, nowMs)
      if (due) wishes.push({ ...due, sessionId, isDryRun: settings.cleanup.isDryRun })
    }
  }
  return wishes
}

async function ask({ documents, logger }: Needed, { sessionId, slot, why, isDryRun }: Wish): Promise<boolean> {
  const path = recoveryActionPath(`${sessionId}-clean-up-${slot}`)
  const fields = {
    v: 1,
    tenant: tenantOf(sessionId),
    sessionId,
    type: 'clean-up',
    state: 'pending',
    cleanUp: { dryRun: isDryRun, olderThanDays: null },
    requestedBy: 'clean-up',
    why,
    steps: [],
    requestedAt: SERVER_TIME,
  }
  // The clean-up of this slot may have ended, as a dry run that left everything to remove.
  if (await documents.read(path)) return false
  try {
    await documents.commit([{ kind: 'create', path, fields }])
    logger.info({ session: sessionId, slot }, 'A clean-up of Signal records was requested.')
    return true
  } catch (error) {
    // Another sweep was faster, or the answer was lost.
    if (await documents.read(path)) return false
    throw error
  }
}
