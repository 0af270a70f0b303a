import { alertPath } from '@holdfast/core/operations/alert-document'
import { raiseAlert } from '@holdfast/core/operations/alerts'
import {
  WEBHOOK_ENDPOINTS,
  webhookEndpointPath,
  webhookEndpointSchema,
} from '@holdfast/core/operations/webhook-endpoint-document'
import { deliveryTask, laneTask } from '@holdfast/core/operations/webhook-tasks'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import { WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import type { Dependencies } from '../dependencies.ts'
import { headOf } from './handle-task.ts'
import { OPENS_AFTER } from './circuit-breaker.ts'

type Needed = Pick<Dependencies, 'documents' | 'tasks' | 'clock' | 'logger'>

const MINUTE_MS = 60_000

/** A task that has not rung for so long is lost. */
const OVERDUE_MS = 30_000

/**
 * What waits behind another one is looked at this much later, so that it does not hide what is lost. What has waited for long is behind one that
 * fails, and is looked at less and less: at a growing part of its age, as an end point that is away for days has many.
 */
const BEHIND_MS = 10 * MINUTE_MS
const BEHIND_SHARE = 1 / 4
const LONGEST_BEHIND_MS = 6 * 60 * MINUTE_MS

/** Pure: when the sweep looks at a delivery again that waits behind another one. */
export function nextLookMs(since: unknown, nowMs: number): number {
  const ageMs = since instanceof Date ? nowMs - since.getTime() : 0
  return nowMs + Math.min(Math.max(BEHIND_MS, ageMs * BEHIND_SHARE), LONGEST_BEHIND_MS)
}

const MOST_IN_A_RUN = 500
const AT_ONCE = 10

/**
 * Finds deliveries whose task was lost: the owner died between the commit and the task, or the queue did not answer. Returns how many
 * lanes and deliveries have tasks again.
 */
export async function sweepWebhooks(needed: Needed): Promise<number> {
  const { documents, tasks, clock, logger } = needed
  const nowMs = clock.now()
  const minute = Math.floor(nowMs / MINUTE_MS)
  const overdue = await documents.query({
    collection: WEBHOOK_DELIVERIES,
    where: [['lookAt', '<=', new Date(nowMs - OVERDUE_MS)]],
    orderBy: ['lookAt', 'asc'],
    limit: MOST_IN_A_RUN,
  })
  const lanes = new Map<string, DocumentSnapshot[]>()
  const others: DocumentSnapshot[] = []
  for (const snapshot of overdue) {
    const lane = snapshot.fields['waitsIn']
    if (typeof lane !== 'string') others.push(snapshot)
    else if (lanes.has(lane)) lanes.get(lane)?.push(snapshot)
    else lanes.set(lane, [snapshot])
  }
  let rung = 0
  await inParallel(AT_ONCE, others, async (snapshot) => {
    const { id, path, fields } = snapshot
    if (fields['status'] !== 'pending') return void (await writeUnlessChanged(documents, path, snapshot, { lookAt: null }))
    if ((await tasks.enqueue(deliveryTask(id, `sweep-${minute}`))) === 'queued') rung++
  })
  await inParallel(AT_ONCE, lanes, async ([lane, found]) => {
    const head = await headOf(needed, lane)
    for (const behind of found) {
      const lookAt = new Date(nextLookMs(behind.fields['since'], nowMs))
      if (behind.id !== head?.id) await writeUnlessChanged(documents, behind.path, behind, { lookAt })
    }
    if (head && isDue(head, nowMs) && (await tasks.enqueue(laneTask(lane, `sweep-${minute}`))) === 'queued') rung++
  })
  if (rung > 0) logger.warn({ count: rung }, 'The tasks of webhooks were lost; they have new ones.')
  return rung
}

const isDue = ({ fields: { notBefore } }: DocumentSnapshot, nowMs: number): boolean =>
  !(notBefore instanceof Date) || notBefore.getTime() <= nowMs

/** An end point that fails for so long is told of. One of which nothing was heard for days is forgotten. */
const TOLD_AFTER_MS = 5 * MINUTE_MS
const FORGOTTEN_AFTER_MS = 4 * 24 * 60 * MINUTE_MS
const SEEN_EVERY_MS = 5 * MINUTE_MS
const MOST_ALERTS = 200

/** Raises the alert of each end point that fails. A success ends it. Returns the number of end points that fail. */
export async function watchEndpoints(needed: Needed): Promise<number> {
  const { documents, clock } = needed
  const nowMs = clock.now()
  const failing = await documents.query({
    collection: WEBHOOK_ENDPOINTS,
    where: [['failingSince', '<=', new Date(nowMs - TOLD_AFTER_MS)]],
    orderBy: ['failingSince', 'asc'],
    limit: MOST_ALERTS,
  })
  await inParallel(AT_ONCE, failing, (snapshot) => watch(needed, snapshot, nowMs))
  return failing.length
}

async function watch({ documents, logger }: Needed, snapshot: DocumentSnapshot, nowMs: number): Promise<void> {
  const state = parseUnlessDamaged(webhookEndpointSchema, snapshot)
  if (isHoldfastError(state))
    return logger.error({ endpoint: snapshot.id, error: state }, 'The state of an end point does not parse.')
  const { failures, lastFailureAt, failingSince, tenant, sessionId, host, problem } = state
  if (nowMs - lastFailureAt.getTime() > FORGOTTEN_AFTER_MS) {
    const forgotten = { failures: 0, failingSince: null, openUntil: null }
    return void (await writeUnlessChanged(documents, webhookEndpointPath(snapshot.id), snapshot, forgotten))
  }
  if (failures < OPENS_AFTER && problem.code !== 'status-410') return
  const open = await documents.read(alertPath('webhook-failing', snapshot.id))
  const seenAt = open?.fields['state'] === 'resolved' ? null : open?.fields['lastSeenAt']
  if (seenAt instanceof Date && nowMs - seenAt.getTime() < SEEN_EVERY_MS) return
  const whose = sessionId === null ? 'the tenant' : `the session ${sessionId}`
  await raiseAlert(
    documents,
    {
      type: 'webhook-failing',
      scope: snapshot.id,
      tenant,
      severity: 'warning',
      sentence: `The webhook of ${whose} at ${host} has taken nothing since ${failingSince?.toISOString() ?? 'a while'}. ${problem.message}`,
      userAction: 'Repair the end point, or correct its address. Then POST /api/webhooks/test, and redrive what was given up.',
      done: 'Events are kept and tried for three days. A probe calls the end point at least each hour.',
    },
    new Date(nowMs),
  )
}
