import { type AlertDocument, ALERTS, alertDocumentSchema, type NoticeKind } from '@holdfast/core/operations/alert-document'
import { type DueRef, dueTask } from '@holdfast/core/operations/alert-tasks'
import { decideNotice, type NoticePolicy } from '@holdfast/core/operations/alert-notices'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import type { Dependencies } from '../dependencies.ts'
import { noticeTask } from './notice-task.ts'

type Needed = Pick<Dependencies, 'documents' | 'tasks' | 'tenants' | 'clock' | 'logger'>

/** Alerts that one run looks at. The next run goes on. */
const MOST_IN_A_RUN = 200

/**
 * Makes the notices that are due: each is written into its alert first, in the version that is known, and then gets its task. So two runs
 * at once make one notice, and a run that dies in between has its task made by the next one, under the same name.
 *
 * @returns the number of notices
 */
export async function tellDue(needed: Needed): Promise<number> {
  const { documents, clock, logger } = needed
  const due = await documents.query({
    collection: ALERTS,
    where: [['noticeDueAt', '<=', new Date(clock.now())]],
    orderBy: ['noticeDueAt', 'asc'],
    limit: MOST_IN_A_RUN,
  })
  let notices = 0
  for (const snapshot of due) {
    try {
      if (await tell(needed, snapshot)) notices++
    } catch (error) {
      // One alert that cannot be told of must not hide the others.
      logger.error({ error, alert: snapshot.id }, 'A notice of an alert could not be made; the next run tries again.')
    }
  }
  return notices
}

/** Steps that one call takes at most: a notice, and saying when to look again. */
const STEPS = 3

/**
 * Does for one alert what the sweep does for all, so that people hear of the sweep's own death. It comes back when the next notice is
 * due, until somebody acknowledges the alert or it is over. A sweep that runs as well makes the same notices, under the same names.
 *
 * @throws Error when it has to be repeated
 */
export async function tellOne(needed: Needed, { alert: id, opening }: DueRef): Promise<'told' | 'gone'> {
  const { documents, tasks, clock } = needed
  for (let step = 1; ; step++) {
    const snapshot = await documents.read(`${ALERTS}/${id}`)
    const alert = snapshot && parseUnlessDamaged(alertDocumentSchema, snapshot)
    if (!snapshot || !alert || isHoldfastError(alert) || alert.opening !== opening) return 'gone'
    const { noticeDueAt } = alert
    if (noticeDueAt === null) return 'told'
    if (noticeDueAt.getTime() > clock.now()) {
      await tasks.enqueue(dueTask({ alert: id, opening }, noticeDueAt))
      return 'told'
    }
    if (step > STEPS) throw new Error('Others change the alert all the time.')
    await tell(needed, snapshot)
  }
}

/** Makes the notice of one alert that is due. Returns whether there was one. */
async function tell(needed: Needed, snapshot: DocumentSnapshot): Promise<boolean> {
  const { documents, clock, logger } = needed
  const alert = parseUnlessDamaged(alertDocumentSchema, snapshot)
  if (isHoldfastError(alert)) {
    logger.error({ error: alert, alert: snapshot.id }, 'An alert does not parse, and nobody is told of it.')
    return false
  }
  const { lastNotice, notices } = alert
  if (lastNotice && !lastNotice.isQueued) {
    await enqueue(needed, snapshot.id, alert, { kind: lastNotice.kind, number: notices })
    return false
  }
  const policy = await policyOf(needed, alert.tenant)
  const nowMs = clock.now()
  const { notice: kind, againAtMs } = decideNotice(alert, policy, nowMs)
  if (!kind) {
    await writeUnlessChanged(documents, snapshot.path, snapshot, { noticeDueAt: againAtMs === null ? null : new Date(againAtMs) })
    return false
  }
  const made = {
    notices: notices + 1,
    lastNoticeAt: new Date(nowMs),
    lastNotice: { kind, severity: alert.severity, isQueued: false },
  }
  if (!(await writeUnlessChanged(documents, snapshot.path, snapshot, made))) return false
  await enqueue(needed, snapshot.id, alert, { kind, number: notices + 1 })
  return true
}

/** Puts the task of a written notice into the queue, and notes that it is there. */
async function enqueue(
  { documents, tasks, logger }: Needed,
  id: string,
  { opening, type, severity }: AlertDocument,
  { kind, number }: { readonly kind: NoticeKind; readonly number: number },
): Promise<void> {
  await tasks.enqueue(noticeTask({ alert: id, opening, notice: number, kind }))
  // The severity of a log line is its own.
  logger.info({ alert: id, type, urgency: severity, kind, notice: number }, 'A notice of an alert is in the queue.')
  const snapshot = await documents.read(`${ALERTS}/${id}`)
  const now = snapshot && parseUnlessDamaged(alertDocumentSchema, snapshot)
  if (!snapshot || !now || isHoldfastError(now) || !now.lastNotice || now.opening !== opening || now.notices !== number) return
  // It stays due, so that the next run says when to look again.
  await writeUnlessChanged(documents, snapshot.path, snapshot, { lastNotice: { ...now.lastNotice, isQueued: true } })
}

async function policyOf({ tenants }: Pick<Needed, 'tenants'>, tenant: string | null): Promise<NoticePolicy> {
  const { alerts, timeZone } = tenant === null ? tenants.defaults : await tenants.settingsOf(tenant)
  return { reminders: alerts.reminders, quietHours: alerts.quietHours, timeZone }
}
