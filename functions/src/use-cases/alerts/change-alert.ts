import { ALERTS, alertDocumentSchema } from '@holdfast/core/operations/alert-document'
import { acknowledgeAlert, type AlertChange, silenceAlert } from '@holdfast/core/operations/alerts'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { Refusal } from '../refusal.ts'
import { ALERT_ID } from './notice-task.ts'
import { alertAnswer, type AlertAnswer, maySee } from './list-alerts.ts'

type Needed = Pick<Dependencies, 'documents' | 'clock' | 'logger'>

/**
 * Says that the caller takes care of an alert.
 *
 * @throws Refusal `unknown-alert` or `alert-resolved`
 */
export async function acknowledge(needed: Needed, principal: Principal, id: string): Promise<AlertAnswer> {
  const { documents, clock, logger } = needed
  await findAlert(needed, principal, id)
  const at = new Date(clock.now())
  requireOpen(await acknowledgeAlert(documents, id, { by: principal.key, at }))
  logger.info({ alert: id, by: principal.key }, 'An alert was acknowledged.')
  return findAlert(needed, principal, id)
}

/**
 * Makes an alert silent until a time.
 *
 * @throws Refusal `unknown-alert`, `alert-resolved`, or `invalid-time` for a time that is past or more than 30 days ahead
 */
export async function silence(
  needed: Needed,
  principal: Principal,
  { id, minutes, until }: { readonly id: string; readonly minutes: number | undefined; readonly until: Date | undefined },
): Promise<AlertAnswer> {
  const { documents, clock, logger } = needed
  await findAlert(needed, principal, id)
  const now = clock.now()
  const end = until ?? new Date(now + (minutes ?? 0) * 60_000)
  if (end.getTime() <= now || end.getTime() > now + MOST_SILENCE_MS) {
    throw new Refusal('invalid-time', 'An alert can be silenced for at most 30 days, from now on.')
  }
  requireOpen(await silenceAlert(documents, id, { by: principal.key, until: end, at: new Date(now) }))
  logger.info({ alert: id, by: principal.key, until: end }, 'An alert was silenced.')
  return findAlert(needed, principal, id)
}

const MOST_SILENCE_MS = 30 * 24 * 60 * 60_000

async function findAlert({ documents }: Needed, principal: Principal, id: string): Promise<AlertAnswer> {
  const path = `${ALERTS}/${id}`
  const snapshot = ALERT_ID.test(id) ? await documents.read(path) : null
  const alert = snapshot && parseStored(alertDocumentSchema, snapshot.fields, path)
  if (!snapshot || !alert || !maySee(principal, alert)) throw unknown()
  return alertAnswer(snapshot, alert)
}

function requireOpen(change: AlertChange): void {
  if (change === 'unknown') throw unknown()
  if (change === 'resolved') throw new Refusal('alert-resolved', 'It is over: nobody is told of it any more.')
}

const unknown = (): Refusal => new Refusal('unknown-alert', 'GET /api/alerts lists the alerts.')
