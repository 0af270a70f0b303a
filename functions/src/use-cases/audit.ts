import { randomBytes } from 'node:crypto'
import {
  AUDIT,
  type AuditDocument,
  auditDocumentSchema,
  auditIdBefore,
  auditIdOf,
  auditPath,
} from '@holdfast/core/operations/audit-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { Principal } from '../app/principal.ts'
import { actingTenant, requireWholeTenant } from './acting-tenant.ts'
import type { Dependencies } from './dependencies.ts'

const RANDOM_BYTES = 6

/**
 * Writes an act to the audit log, right after it. What was done is done, so a failure here fails nothing: the log of the process then has
 * the entry.
 */
export async function writeAudit(
  { documents, clock, logger }: Pick<Dependencies, 'documents' | 'clock' | 'logger'>,
  act: Omit<AuditDocument, 'v' | 'at'>,
): Promise<void> {
  const now = clock.now()
  const fields: AuditDocument = { v: 1, at: new Date(now), ...act }
  const path = auditPath(auditIdOf(now, randomBytes(RANDOM_BYTES)))
  try {
    await documents.commit([{ kind: 'create', path, fields: { ...fields } }])
  } catch (error) {
    // The commit may have succeeded without an answer; then both logs have the act.
    logger.error({ error, act }, 'An act could not be written to the audit log.')
  }
}

interface Page {
  /** A time, or the cursor of an earlier page; undefined: from the beginning. */
  readonly since: Date | string | undefined
  readonly limit: number
  /** For the operator; undefined: all tenants. */
  readonly tenant: string | undefined
}

/**
 * Lists acts, oldest first. An admin sees those on its own tenant, the operator those on all.
 *
 * @throws Refusal `forbidden` or `unknown-tenant`
 */
export async function listAudit(
  { documents, tenants, logger }: Pick<Dependencies, 'documents' | 'tenants' | 'logger'>,
  principal: Principal,
  { since, limit, tenant: named }: Page,
) {
  requireWholeTenant(principal)
  const isOfAll = principal.role === 'operator' && named === undefined
  const tenant = isOfAll ? null : await actingTenant(tenants, principal, named)
  const after = since instanceof Date ? auditIdBefore(since.getTime()) : since
  const found = await documents.query({
    collection: AUDIT,
    ...(tenant === null ? {} : { where: [['tenant', '==', tenant]] }),
    orderBy: ['id', 'asc'],
    ...(after === undefined ? {} : { startAfter: after }),
    limit,
  })
  const entries = found.flatMap((snapshot) => {
    const entry = parseUnlessDamaged(auditDocumentSchema, snapshot)
    if (!isHoldfastError(entry)) return [{ id: snapshot.id, ...withoutVersion(entry) }]
    logger.error({ error: entry, document: snapshot.id }, 'An entry of the audit log is damaged; the list lacks it.')
    return []
  })
  return { entries, cursor: found.at(-1)?.id ?? after ?? null }
}

function withoutVersion({ at, tenant, key, role, operation, on, status, problem, requestId }: AuditDocument) {
  return { at, tenant, key, role, operation, on, status, problem, requestId }
}
