import { DEFAULT_POOL } from '@holdfast/core/operations/pool-document'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { ofSession } from '@holdfast/core/session/log-fields'
import { SESSIONS, sessionPath } from '@holdfast/core/session/session-document'
import type { Principal } from '../app/principal.ts'
import { concerns } from '../app/request-context.ts'
import type { Dependencies } from './dependencies.ts'
import { findSession, isOfTenant, isRemoved, ownerOf } from './find-session.ts'
import { findPool } from './pools.ts'
import { Refusal } from './refusal.ts'
import { conditionOf } from './session-condition.ts'

/** Who sends a message: a session, or the one of a pool that can. Exactly one of the two is named. */
export interface SenderRequest {
  readonly session: string | null
  readonly pool: string | null
}

export interface Sender {
  readonly sessionId: string
  /** The pool whose sessions may send the message; null when only this session may. */
  readonly pool: string | null
}

type Needed = Pick<Dependencies, 'documents' | 'clock'>

/**
 * Finds the session that gets a new message.
 *
 * @throws Refusal `unknown-session` or `unknown-pool`
 */
export async function senderOf(dependencies: Needed, principal: Principal, { session, pool }: SenderRequest): Promise<Sender> {
  if (pool === null) return { sessionId: (await findSession(dependencies.documents, principal, session ?? '')).id, pool: null }
  const sessionId = await sessionOfPool(dependencies, principal, pool)
  concerns(ofSession(sessionId))
  return { sessionId, pool }
}

/**
 * Returns the first session of a pool that is connected. If none is, the first one that is trying to connect, and otherwise the first
 * one, which a person has to look after.
 */
async function sessionOfPool(dependencies: Needed, principal: Principal, pool: string): Promise<string> {
  const { documents } = dependencies
  if (pool === DEFAULT_POOL && principal.sessions === 'all') {
    const connected = await firstConnectedOf(dependencies, principal.tenant)
    if (connected !== null) return connected
  }
  const { sessionIds } = await findPool(documents, principal, pool)
  const usable: { sessionId: string; comesBack: boolean }[] = []
  for (const sessionId of sessionIds) {
    const snapshot = await documents.read(sessionPath(sessionId))
    if (!snapshot || !isOfTenant(principal, snapshot.fields) || isRemoved(snapshot)) continue
    const { isConnected, comesBack } = await look(dependencies, snapshot)
    if (isConnected) return sessionId
    usable.push({ sessionId, comesBack })
  }
  const next = usable.find(({ comesBack }) => comesBack) ?? usable[0]
  if (!next) throw new Refusal('unknown-session', `The pool "${pool}" has no session. Create one with POST /api/sessions.`)
  return next.sessionId
}

/** How many sessions that call themselves connected are looked at before all sessions are. */
const LOOKED_AT = 10

/** Finds the first connected session of a tenant without reading all of them. */
async function firstConnectedOf(dependencies: Needed, tenant: string): Promise<string | null> {
  const found = await dependencies.documents.query({
    collection: SESSIONS,
    where: [
      ['tenant', '==', tenant],
      ['state', '==', 'CONNECTED'],
    ],
    orderBy: ['id', 'asc'],
    limit: LOOKED_AT,
  })
  for (const snapshot of found) if ((await look(dependencies, snapshot)).isConnected) return snapshot.id
  return null
}

const look = async ({ documents, clock }: Needed, snapshot: DocumentSnapshot) =>
  conditionOf(snapshot, await heartbeatOf(documents, snapshot), clock.now())

/** Only a session that calls itself connected needs its owner's word. */
const heartbeatOf = async (documents: DocumentStore, snapshot: DocumentSnapshot): Promise<DocumentSnapshot | null> =>
  snapshot.fields['state'] === 'CONNECTED' ? ownerOf(documents, snapshot) : null
