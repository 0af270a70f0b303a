import { type AlertDocument, type AlertType, alertIdOf } from '@holdfast/core/operations/alert-document'
import { raiseAlert, resolveAlert } from '@holdfast/core/operations/alerts'
import { FLEET_SCOPE, healthDocumentSchema, healthPath } from '@holdfast/core/operations/health-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { tenantOf } from '@holdfast/core/session/ids'
import type { Dependencies } from '../dependencies.ts'
import type { FleetFacts } from '../fleet-facts.ts'
import { type AlertSettings, wantedAlerts } from './conditions.ts'
import { EXPLAINING } from './runner-conditions.ts'
import { tellDue } from './tell.ts'
import type { WantedAlert } from './wanted-alert.ts'

type Needed = Pick<Dependencies, 'documents' | 'tasks' | 'tenants' | 'thresholds' | 'clock' | 'logger'>

const AT_ONCE = 10

/** A sighting of the same is written this often only, but for alerts that explain others. */
const SEEN_EVERY_MS = 5 * 60_000

/**
 * Makes the alerts those that the facts ask for, and tells people. It compares states, so that it may run late, twice, or at the same time
 * as another run.
 *
 * @returns the number of alerts that were raised, seen again or resolved
 */
export async function reconcileAlerts(needed: Needed, facts: FleetFacts): Promise<number> {
  const { documents, thresholds, logger } = needed
  const health = await healthOf(needed)
  const settings = await settingsOfTenants(needed, facts)
  const settingsOf = (tenant: string): AlertSettings => settings.get(tenant) ?? settingsFrom(needed.tenants.defaults)
  const { wanted, fateOf } = wantedAlerts({ facts, health, thresholds, settingsOf })
  const open = new Map(facts.alerts.map(({ snapshot, content }) => [snapshot.id, content]))
  const ids = new Set(wanted.map(({ type, scope }) => alertIdOf(type, scope)))
  const at = new Date(facts.nowMs)
  let changes = 0
  const tried = async (id: string, change: () => Promise<unknown>): Promise<void> => {
    try {
      await change()
      changes++
    } catch (error) {
      // One alert that cannot be written must not hide the others.
      logger.error({ error, alert: id }, 'An alert could not be written; the next sweep tries again.')
    }
  }
  const raised = wanted.filter((alert) => isNews(alert, open.get(alertIdOf(alert.type, alert.scope)), facts.nowMs))
  await inParallel(AT_ONCE, raised, (alert) => tried(alertIdOf(alert.type, alert.scope), () => raiseAlert(documents, alert, at)))
  const others = facts.alerts.filter(({ snapshot }) => !ids.has(snapshot.id))
  await inParallel(AT_ONCE, others, async ({ snapshot: { id }, content }) => {
    const fate = fateOf(id, content)
    if (fate.kind === 'kept') return
    const group = fate.kind === 'covered' ? fate.by : null
    await tried(id, () => resolveAlert(documents, content.type as AlertType, content.scope, { at, group }))
  })
  await tellDue(needed)
  return changes
}

/** Whether an alert has to be written: it is not open, says something else now, or was last seen a while ago. */
function isNews(alert: WantedAlert, open: AlertDocument | undefined, nowMs: number): boolean {
  if (!open) return true
  const { sentence, severity, userAction, done = null, members = [] } = alert
  const isSame =
    sentence === open.sentence &&
    severity === open.severity &&
    userAction === open.userAction &&
    done === open.done &&
    members.join() === open.members.join()
  const everyMs = EXPLAINING.has(alert.type) ? 0 : SEEN_EVERY_MS
  return !isSame || nowMs - open.lastSeenAt.getTime() > everyMs
}

async function healthOf({ documents, logger }: Pick<Needed, 'documents' | 'logger'>) {
  const snapshot = await documents.read(healthPath(FLEET_SCOPE))
  const health = snapshot && parseUnlessDamaged(healthDocumentSchema, snapshot)
  if (!isHoldfastError(health)) return health
  logger.error({ error: health }, 'The health of the fleet does not parse.')
  return null
}

async function settingsOfTenants({ tenants }: Needed, facts: FleetFacts): Promise<ReadonlyMap<string, AlertSettings>> {
  const named = new Set([
    ...facts.sessions.map(({ tenant }) => tenant),
    ...facts.failedJobs.map(({ tenant }) => tenant),
    ...facts.actions.map(({ content }) => content.tenant),
    ...facts.waitingOf.keys(),
    ...facts.runners.flatMap(({ document }) => Object.keys(document.sessions).map(tenantOf)),
  ])
  const settings = new Map<string, AlertSettings>()
  await inParallel(AT_ONCE, named, async (tenant) => {
    settings.set(tenant, settingsFrom(await tenants.settingsOf(tenant)))
  })
  return settings
}

const settingsFrom = ({
  thresholds,
  alerts,
  cleanup,
}: Awaited<ReturnType<Dependencies['tenants']['settingsOf']>>): AlertSettings => ({
  ...thresholds,
  recordLevels: cleanup.levels,
  hasChannels: alerts.channels.length > 0,
})
