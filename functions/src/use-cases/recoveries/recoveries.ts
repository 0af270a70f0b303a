import {
  RECOVERY_ACTIONS,
  type RecoveryActionState,
  type RecoveryActionType,
  recoveryActionPath,
} from '@holdfast/core/operations/recovery-action-document'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { DEFAULT_TENANT } from '@holdfast/core/session/ids'
import { knowsSession, type Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { findSession, isOfTenant } from '../find-session.ts'
import { scopesOf } from '../job-scopes.ts'
import { Refusal } from '../refusal.ts'
import { type ActionAnswer, answerOf, type DamagedActionAnswer } from './action-answer.ts'

type Needed = Pick<Dependencies, 'documents' | 'logger'>

interface ListRequest {
  /** The name of a session. */
  readonly session: string | undefined
  readonly state: RecoveryActionState | undefined
  readonly type: RecoveryActionType | undefined
  /** The cursor of an earlier page. */
  readonly cursor: string | undefined
  readonly limit: number
}

export interface RecoveryList {
  readonly recoveries: readonly (ActionAnswer | DamagedActionAnswer)[]
  /** Null when there are no further ones. */
  readonly cursor: string | null
}

/** The form of the ids of actions. Other texts may not be valid names of documents. */
const ACTION_ID = /^[a-zA-Z0-9][\w.-]{0,255}$/

/** The installation's own actions, such as the restart of a runner, belong to this tenant, and are shown to its operator only. */
export const TENANT_OF_RUNNERS = DEFAULT_TENANT

/**
 * Lists recovery actions of the caller's sessions, newest first. Actions that are written meanwhile do not move the pages.
 *
 * @throws Refusal `unknown-session`
 */
export async function listRecoveries(
  { documents, logger }: Needed,
  principal: Principal,
  { session, state, type, cursor, limit }: ListRequest,
): Promise<RecoveryList> {
  const sessionId = session === undefined ? null : (await findSession(documents, principal, session)).id
  const conditions = [
    ...(state === undefined ? [] : [['state', '==', state] as const]),
    ...(type === undefined ? [] : [['type', '==', type] as const]),
  ]
  const pages = await Promise.all(
    scopesOf(principal, sessionId).map((scope) =>
      documents.query({
        collection: RECOVERY_ACTIONS,
        where: [...scope, ...conditions],
        orderBy: ['requestedAt', 'desc'],
        thenById: true,
        ...(cursor === undefined ? {} : { startAfter: placeOf(cursor) }),
        limit: limit + 1,
      }),
    ),
  )
  const found = pages.flat().toSorted(newestFirst)
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    recoveries: page.filter((snapshot) => mayKnow(principal, snapshot)).map((snapshot) => answerOf(logger, snapshot)),
    cursor: last && found.length > limit ? `${requestedAtMs(last)}-${last.id}` : null,
  }
}

/** @throws Refusal `unknown-action` */
export async function findRecovery(
  { documents, logger }: Needed,
  principal: Principal,
  id: string,
): Promise<ActionAnswer | DamagedActionAnswer> {
  return answerOf(logger, await knownAction(documents, principal, id))
}

/** @throws Refusal `unknown-action` */
export async function knownAction(documents: DocumentStore, principal: Principal, id: string): Promise<DocumentSnapshot> {
  const snapshot = await readAction(documents, principal, id)
  if (!snapshot) throw new Refusal('unknown-action', 'Use an id from GET /api/recoveries.')
  return snapshot
}

/** Returns null when there is no such action, or the caller must not know of it. */
export async function readAction(documents: DocumentStore, principal: Principal, id: string): Promise<DocumentSnapshot | null> {
  const snapshot = ACTION_ID.test(id) ? await documents.read(recoveryActionPath(id)) : null
  return snapshot && mayKnow(principal, snapshot) ? snapshot : null
}

export function mayKnow(principal: Principal, { fields }: DocumentSnapshot): boolean {
  if (!isOfTenant(principal, fields)) return false
  const { sessionId } = fields
  if (sessionId === '') return principal.role === 'operator' && principal.tenant === TENANT_OF_RUNNERS
  return typeof sessionId === 'string' && knowsSession(principal, sessionId)
}

const requestedAtMs = ({ fields }: DocumentSnapshot): number => (fields['requestedAt'] as Date).getTime()

const newestFirst = (one: DocumentSnapshot, other: DocumentSnapshot): number =>
  requestedAtMs(other) - requestedAtMs(one) || (one.id < other.id ? 1 : -1)

export const RECOVERY_CURSOR = /^\d{1,15}-[a-zA-Z0-9][\w.-]{0,255}$/

function placeOf(cursor: string): [Date, string] {
  const end = cursor.indexOf('-')
  return [new Date(Number(cursor.slice(0, end))), cursor.slice(end + 1)]
}
