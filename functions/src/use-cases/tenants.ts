import {
  TENANTS,
  type TenantDocument,
  TENANT_ID,
  tenantDocumentSchema,
  tenantPath,
} from '@holdfast/core/operations/tenant-document'
import { isDamage } from '@holdfast/core/platform/errors'
import { parseStored } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { DEFAULT_TENANT } from '@holdfast/core/session/ids'
import { concerns } from '../app/request-context.ts'
import { unknownTenant } from './acting-tenant.ts'
import type { Dependencies } from './dependencies.ts'
import { type TenantAnswer, tenantAnswer } from './tenant-answer.ts'

type Needed = Pick<Dependencies, 'documents' | 'tenants' | 'logger'>

export const parseTenant = ({ fields, path }: DocumentSnapshot): TenantDocument => parseStored(tenantDocumentSchema, fields, path)

/**
 * Reads the document of a tenant. Null for `default` while nobody has configured it.
 *
 * @throws Refusal `unknown-tenant`
 */
export async function findTenant({ documents }: Pick<Needed, 'documents'>, tenant: string): Promise<DocumentSnapshot | null> {
  const snapshot = TENANT_ID.test(tenant) ? await documents.read(tenantPath(tenant)) : null
  if (!snapshot && tenant !== DEFAULT_TENANT) throw unknownTenant()
  concerns({ tenant })
  return snapshot
}

/** Lists all tenants, sorted by id. A damaged one hides no other. */
export async function listTenants({ documents, tenants, logger }: Needed): Promise<TenantAnswer[]> {
  const found = await documents.query({ collection: TENANTS })
  const answers = found.flatMap((snapshot) => {
    try {
      return [tenantAnswer(snapshot.id, parseTenant(snapshot), tenants.defaults)]
    } catch (error) {
      if (!isDamage(error)) throw error
      logger.error({ error, tenant: snapshot.id }, 'The document of a tenant is damaged; the list lacks it.')
      return []
    }
  })
  if (!found.some(({ id }) => id === DEFAULT_TENANT)) answers.push(tenantAnswer(DEFAULT_TENANT, null, tenants.defaults))
  return answers.sort((one, other) => (one.id < other.id ? -1 : 1))
}

/** @throws Refusal `unknown-tenant` */
export async function showTenant(dependencies: Needed, tenant: string): Promise<TenantAnswer> {
  const snapshot = await findTenant(dependencies, tenant)
  return tenantAnswer(tenant, snapshot && parseTenant(snapshot), dependencies.tenants.defaults)
}
