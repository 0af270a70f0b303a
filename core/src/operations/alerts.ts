import { type AlertDocument, type AlertType, alertDocumentSchema, alertIdOf, alertPath, ALERTS } from './alert-document.ts'
import { settleMs } from './alert-notices.ts'
import { isWorse, runbookOf } from './alert-types.ts'
import { unlessChanged } from '../platform/unless-changed.ts'
import { parseStored } from '../platform/parse.ts'
import { type DocumentSnapshot, type DocumentStore, type Fields, SERVER_TIME } from '../platform/ports.ts'

export interface Alert
  extends
    Pick<AlertDocument, 'severity' | 'sentence' | 'userAction'>,
    Partial<Pick<AlertDocument, 'tenant' | 'done' | 'members'>> {
  readonly type: AlertType
  readonly scope: string
}

type Documents = Pick<DocumentStore, 'read' | 'commit'>

/** Other processes may write to the same alert at the same time. */
const ATTEMPTS = 5

/** The notice of an end that is due goes out with one of the next sweeps. */
const TOLD_WITHIN_MS = 3 * 60_000

/** An alert that comes back this soon after its end counts as one that flaps. */
const FLAPS_WITHIN_MS = 30 * 60_000

/**
 * Opens the alert, or counts one more sighting. The last sentence stands. An alert that comes back before the notice of its end went out
 * goes on as it was, so that nobody is told of it twice.
 *
 * @param at the time, by the clock of the caller; Firestore's time without it
 */
export async function raiseAlert(documents: Documents, alert: Alert, at?: Date): Promise<void> {
  const { type, scope } = alert
  const path = alertPath(type, scope)
  await changing(documents, path, (found) => {
    const before = found && parseStored(alertDocumentSchema, found.fields, path)
    return { ...seen(alert, at), ...opening(before, alert, at ?? null, found?.silentForMs ?? 0) }
  })
}

const seen = (
  { type, scope, severity, sentence, userAction, tenant = null, done = null, members = [] }: Alert,
  at?: Date,
): Fields => ({
  v: 1,
  type,
  scope,
  tenant,
  severity,
  sentence,
  userAction,
  done,
  members,
  runbook: runbookOf(type),
  lastSeenAt: at ?? SERVER_TIME,
  resolvedAt: null,
})

/** What a sighting changes beside what was seen. */
function opening(
  before: AlertDocument | null,
  { severity }: Pick<Alert, 'severity'>,
  at: Date | null,
  silentForMs: number,
): Fields {
  const now = at ?? SERVER_TIME
  if (!before) return { ...anew(now), opening: 1, flaps: 0 }
  const { state, resolvedAt, flaps, acknowledgedAt, lastNotice } = before
  const goesOn = { count: before.count + 1, group: null }
  if (state !== 'resolved') {
    const isNowWorse = lastNotice !== null && isWorse(severity, lastNotice.severity)
    return isNowWorse ? { ...goesOn, state: 'open', noticeDueAt: now } : goesOn
  }
  const sinceEndMs = at ? at.getTime() - (resolvedAt?.getTime() ?? 0) : silentForMs
  if (sinceEndMs < settleMs(flaps) + TOLD_WITHIN_MS && before.notices > 0 && lastNotice?.kind !== 'resolved')
    return { ...goesOn, state: acknowledgedAt ? 'acknowledged' : 'open', flaps: flaps + 1, noticeDueAt: now }
  return { ...anew(now), opening: before.opening + 1, flaps: sinceEndMs < FLAPS_WITHIN_MS ? flaps + 1 : 0 }
}

const anew = (now: Date | typeof SERVER_TIME): Fields => ({
  state: 'open',
  firstSeenAt: now,
  count: 1,
  group: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  notices: 0,
  lastNotice: null,
  lastNoticeAt: null,
  noticeDueAt: now,
})

/**
 * Resolves an alert. Returns false, and writes nothing, when it is not open.
 *
 * @param group the id of the alert that stands for this one from now on. Nobody is told that this one is over
 */
export async function resolveAlert(
  documents: Documents,
  type: AlertType,
  scope: string,
  { at, group = null }: { readonly at?: Date; readonly group?: string | null } = {},
): Promise<boolean> {
  const now = at ?? SERVER_TIME
  return changing(documents, alertPath(type, scope), (found) =>
    found && found.fields['state'] !== 'resolved' ? { state: 'resolved', resolvedAt: now, noticeDueAt: now, group } : null,
  )
}

/** What an operator did to an alert, or why nothing changed. */
export type AlertChange = 'changed' | 'unknown' | 'resolved'

/** Says that somebody takes care of an alert. Nobody is reminded of it from now on. */
export const acknowledgeAlert = (documents: Documents, id: string, { by, at }: { readonly by: string; readonly at: Date }) =>
  changeOpen(documents, id, (alert) =>
    alert.state === 'acknowledged' ? null : { state: 'acknowledged', acknowledgedAt: at, acknowledgedBy: by, noticeDueAt: null },
  )

/** Makes an alert silent until a time. It is told of again then, if it is still open. */
export const silenceAlert = (
  documents: Documents,
  id: string,
  { by, until, at }: { readonly by: string; readonly until: Date; readonly at: Date },
) => changeOpen(documents, id, () => ({ silencedUntil: until, silencedBy: by, noticeDueAt: at }))

async function changeOpen(
  documents: Documents,
  id: string,
  change: (alert: AlertDocument) => Fields | null,
): Promise<AlertChange> {
  const path = `${ALERTS}/${id}`
  let outcome: AlertChange = 'changed'
  await changing(documents, path, (found) => {
    const alert = found && parseStored(alertDocumentSchema, found.fields, path)
    outcome = !alert ? 'unknown' : alert.state === 'resolved' ? 'resolved' : 'changed'
    return alert && alert.state !== 'resolved' ? change(alert) : null
  })
  return outcome
}

export const idOf = ({ type, scope }: Pick<Alert, 'type' | 'scope'>): string => alertIdOf(type, scope)

/** Writes the result of `change` on the present document, unless it is null. Reads again when another writer was faster. */
export async function changing(
  documents: Documents,
  path: string,
  change: (found: DocumentSnapshot | null) => Fields | null,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const found = await documents.read(path)
    const fields = change(found)
    if (!fields) return false
    try {
      await documents.commit([unlessChanged(path, found, fields)])
      return true
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error
    }
  }
}
