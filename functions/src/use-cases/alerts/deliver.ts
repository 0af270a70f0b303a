import { type AlertDocument, ALERTS, alertDocumentSchema } from '@holdfast/core/operations/alert-document'
import { type AlertDelivery, alertDeliveryPath, alertDeliverySchema } from '@holdfast/core/operations/alert-delivery-document'
import { parseStored } from '@holdfast/core/platform/parse'
import type { AlertDependencies, AlertTaskOutcome } from './alert-dependencies.ts'
import { channelsOf, openChannel } from './channels.ts'
import { runTest, testChannel } from './channel-test.ts'
import { alertTaskSchema, channelTask, noticeId, type NoticeRef } from './notice-task.ts'
import { type Notice, noticeText } from './notice-text.ts'
import { endDevice } from './push-channels.ts'
import { sendNotice } from './send-notice.ts'
import { tellOne } from './tell.ts'

/**
 * Handles a task of the queue `alerts`.
 *
 * @throws Error when the task has to be repeated
 */
export async function handleAlertTask(dependencies: AlertDependencies, payload: unknown): Promise<AlertTaskOutcome> {
  const { logger } = dependencies
  const task = alertTaskSchema.safeParse(payload)
  if (!task.success) {
    logger.error('A task of the queue `alerts` names no alert; it is dropped.')
    return 'gone'
  }
  if ('test' in task.data) {
    const { channel, ...test } = task.data
    return channel === undefined ? runTest(dependencies, test) : testChannel(dependencies, { ...test, channel })
  }
  if (task.data.kind === 'due') return tellOne(dependencies, task.data)
  const { channel, ...ref } = task.data
  const alert = await alertOf(dependencies, ref)
  if (!alert) return 'gone'
  const outcome =
    channel === undefined ? await fanOut(dependencies, alert, ref) : await deliver(dependencies, alert, { ...ref, channel })
  logger.info({ alert: ref.alert, notice: ref.notice, kind: ref.kind, channel, outcome }, 'A notice was handled.')
  return outcome
}

async function alertOf({ documents }: AlertDependencies, { alert: id }: NoticeRef): Promise<AlertDocument | null> {
  const path = `${ALERTS}/${id}`
  const snapshot = await documents.read(path)
  return snapshot && parseStored(alertDocumentSchema, snapshot.fields, path)
}

/** Makes a task for each channel, so that one that is down delays no other. */
async function fanOut(dependencies: AlertDependencies, alert: AlertDocument, ref: NoticeRef): Promise<AlertTaskOutcome> {
  const { tasks, logger } = dependencies
  const channels = await channelsOf(dependencies, alert)
  if (channels.length === 0) logger.warn({ alert: ref.alert }, 'No channel is set for an alert, so nobody is told of it.')
  await Promise.all(channels.map((channel) => tasks.enqueue(channelTask(ref, channel))))
  return 'fanned'
}

async function deliver(
  dependencies: AlertDependencies,
  alert: AlertDocument,
  { channel: name, ...ref }: NoticeRef & { readonly channel: string },
): Promise<AlertTaskOutcome> {
  const { documents, clock, logger } = dependencies
  const path = alertDeliveryPath(ref.alert, name)
  const found = await documents.read(path)
  const last = found && parseStored(alertDeliverySchema, found.fields, path)
  if (last && last.outcome !== 'failed' && !isNewer(ref, last)) return 'known'
  if (isOvertaken(alert, ref, last)) return 'overtaken'
  const channel = await openChannel(dependencies, alert.tenant, name)
  if (!channel) return 'gone'
  const { outcome, problem, isGone } = await sendNotice(dependencies, channel, await noticeOf(dependencies, alert, ref))
  if (isGone) await endDevice(dependencies, name)
  const { opening, notice, kind } = ref
  const delivery: AlertDelivery = { v: 1, opening, notice, kind, outcome, problem, at: new Date(clock.now()) }
  await documents.commit([{ kind: 'merge', path, fields: { ...delivery } }])
  if (outcome === 'failed') throw new Error(`The channel ${name} did not take a notice: ${problem}`)
  if (outcome === 'refused' && !isGone) logger.error({ alert: ref.alert, channel: name, problem }, 'A channel refuses notices.')
  return outcome
}

const isNewer = (one: Pick<NoticeRef, 'opening' | 'notice'>, other: Pick<NoticeRef, 'opening' | 'notice'>): boolean =>
  one.opening > other.opening || (one.opening === other.opening && one.notice > other.notice)

/** A channel that was down for a while gets the last word, not all words. */
function isOvertaken(alert: AlertDocument, ref: NoticeRef, last: AlertDelivery | null): boolean {
  if (last && isNewer(last, ref)) return true
  if (isNewer({ opening: alert.opening, notice: alert.notices }, ref)) return true
  return ref.kind === 'reminded' && alert.state !== 'open'
}

async function noticeOf(
  { tenants, clock, notifications }: AlertDependencies,
  alert: AlertDocument,
  ref: NoticeRef,
): Promise<Notice> {
  const { timeZone } = alert.tenant === null ? tenants.defaults : await tenants.settingsOf(alert.tenant)
  const { runbookUrl } = notifications
  const { kind } = ref
  const nowMs = alert.resolvedAt?.getTime() ?? clock.now()
  return {
    id: noticeId(ref),
    ...noticeText(alert, { kind, timeZone, nowMs, runbookUrl }),
    payload: payloadOf(alert, ref, runbookUrl),
    alert: ref.alert,
    isUrgent: alert.severity === 'critical' && kind !== 'resolved',
  }
}

function payloadOf(alert: AlertDocument, { alert: id, kind, opening, notice }: NoticeRef, runbookUrl: string): object {
  const { type, scope, tenant, severity, state, sentence, userAction, done, count, members } = alert
  const { firstSeenAt, lastSeenAt, resolvedAt } = alert
  const what = { id, type, scope, tenant, severity, state, opening, count, sentence, userAction, done, members }
  const runbook = alert.runbook === null ? null : `${runbookUrl}#${alert.runbook}`
  return { event: 'alert', kind, notice, alert: { ...what, runbook, firstSeenAt, lastSeenAt, resolvedAt } }
}
