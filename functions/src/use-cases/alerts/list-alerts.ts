import { type AlertDocument, ALERTS, type AlertSeverity, alertDocumentSchema } from '@holdfast/core/operations/alert-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot, Query } from '@holdfast/core/platform/ports'
import { sessionNameOf, tenantOf } from '@holdfast/core/session/ids'
import { knowsSession, type Principal } from '../../app/principal.ts'
import { actingTenant } from '../acting-tenant.ts'
import type { Dependencies } from '../dependencies.ts'
import { findSession } from '../find-session.ts'
import { visiblePage } from '../visible-page.ts'

/** An alert as the API shows it. */
export type AlertAnswer = ReturnType<typeof alertAnswer>

interface AlertFilter {
  readonly state?: AlertDocument['state'] | undefined
  readonly severity?: AlertSeverity | undefined
  readonly type?: string | undefined
  /** The name of a session. */
  readonly session?: string | undefined
  /** For the operator; undefined: all tenants, and what concerns none. */
  readonly tenant?: string | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

/**
 * Lists alerts by their ids. The operator sees all, anybody else those of its own tenant, or of its sessions.
 *
 * @throws Refusal `unknown-tenant` or `unknown-session`
 */
export async function listAlerts(
  { documents, tenants, logger }: Pick<Dependencies, 'documents' | 'tenants' | 'logger'>,
  principal: Principal,
  { state, severity, type, session, tenant: named, cursor, limit }: AlertFilter,
): Promise<{ alerts: readonly AlertAnswer[]; cursor: string | null }> {
  const isOfAll = principal.role === 'operator' && named === undefined && session === undefined
  const tenant = isOfAll ? undefined : await actingTenant(tenants, principal, named)
  const of = { ...principal, tenant: tenant ?? principal.tenant }
  const scope = session === undefined ? undefined : (await findSession(documents, of, session)).id
  const where = Object.entries({ tenant, state, severity, type, scope }).flatMap(([field, value]) =>
    value === undefined ? [] : [[field, '==', value] as const],
  )
  const query: Query = { collection: ALERTS, where, orderBy: ['id', 'asc'] }
  const alerts = new Map<string, AlertAnswer>()
  const { documents: page, hasMore } = await visiblePage({
    limit,
    read: (behind, most) => {
      const startAfter = behind?.id ?? cursor
      return documents.query({ ...query, limit: most, ...(startAfter === undefined ? {} : { startAfter }) })
    },
    isVisible(snapshot) {
      const alert = parseUnlessDamaged(alertDocumentSchema, snapshot)
      if (!isHoldfastError(alert)) {
        if (maySee(principal, alert)) alerts.set(snapshot.id, alertAnswer(snapshot, alert))
      } else logger.error({ error: alert, document: snapshot.id }, 'An alert does not parse, and the list lacks it.')
      return alerts.has(snapshot.id)
    },
  })
  return {
    alerts: page.flatMap(({ id }) => alerts.get(id) ?? []),
    cursor: hasMore ? (page.at(-1)?.id ?? null) : null,
  }
}

/** Whether a caller may know of an alert. */
export function maySee(principal: Principal, { tenant, scope }: Pick<AlertDocument, 'tenant' | 'scope'>): boolean {
  if (principal.role === 'operator') return true
  if (tenant !== principal.tenant) return false
  return principal.sessions === 'all' || knowsSession(principal, scope)
}

export function alertAnswer({ id }: Pick<DocumentSnapshot, 'id'>, alert: AlertDocument) {
  const { tenant, scope } = alert
  const isOfSession = tenant !== null && scope.includes('.') && tenantOf(scope) === tenant
  return {
    id,
    type: alert.type,
    severity: alert.severity,
    state: alert.state,
    tenant,
    scope,
    session: isOfSession ? sessionNameOf(scope) : null,
    members: alert.members.map(sessionNameOf),
    sentence: alert.sentence,
    userAction: alert.userAction,
    done: alert.done,
    runbook: alert.runbook,
    firstSeenAt: alert.firstSeenAt,
    lastSeenAt: alert.lastSeenAt,
    resolvedAt: alert.resolvedAt,
    count: alert.count,
    acknowledgedAt: alert.acknowledgedAt,
    acknowledgedBy: alert.acknowledgedBy,
    silencedUntil: alert.silencedUntil,
    silencedBy: alert.silencedBy,
    notices: alert.notices,
    lastNoticeAt: alert.lastNoticeAt,
  }
}
