import type { SessionDocument } from './session-document.ts'
import { apiStatusOf, type SessionState } from './session-states.ts'
import type { WebhookEvent } from './webhook-told.ts'
import type { Account } from './webhook-view.ts'

/** A status, in the API's word, and since when. */
export type StatusAt = SessionDocument['statuses'][number]

/** WAHA's webhooks tell of so many. */
const MOST_STATUSES = 3

/** Returns the last statuses once the session is in a state. Null: the API shows what it showed before, and nobody is told. */
export function nextStatuses(before: readonly StatusAt[], state: SessionState, nowMs: number): readonly StatusAt[] | null {
  const status = apiStatusOf(state)
  const last = before.at(-1)
  // Another QR code is told of each time.
  if (last?.status === status && state !== 'PAIRING') return null
  // Two changes of one millisecond would have one id.
  const at = new Date(Math.max(nowMs, (last?.at.getTime() ?? 0) + 1))
  return [...before, { status, at }].slice(-MOST_STATUSES)
}

/**
 * What webhooks say of a session whose API status has changed.
 *
 * @param statuses the last ones, the present one at the end
 * @param me the account after the change, where the change changes it
 */
export function statusEventOf(name: string, statuses: readonly StatusAt[], me?: Account | null): WebhookEvent | null {
  const last = statuses.at(-1)
  if (!last) return null
  const { status, at } = last
  const told = statuses.map((one) => ({ status: one.status, timestamp: one.at.getTime() }))
  const payload = { name, status, statuses: told, data: null }
  const key = [name, status, String(at.getTime())]
  return { event: 'session.status', payload, chat: null, at, key, isSecret: false, ...(me === undefined ? {} : { me }) }
}
