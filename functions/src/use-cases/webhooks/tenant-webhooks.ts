import { openTenantSecrets } from '@holdfast/core/operations/tenant-secrets'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import { parseWebhookSecrets, TENANT_WEBHOOK_SECRETS } from '@holdfast/core/operations/webhook-secrets'
import { webhooksSchema } from '@holdfast/core/session/webhooks'
import type { Dependencies } from '../dependencies.ts'
import { splitWebhooks } from './webhook-config.ts'

/** The webhooks of a tenant, as a patch of its configuration gives them, and their secrets. Null: the patch leaves them alone. */
export async function tenantWebhooks(
  needed: Pick<Dependencies, 'documents' | 'wrappingKey' | 'clock'>,
  tenant: string,
  given: unknown,
): Promise<{ readonly webhooks: readonly object[] | null; readonly secret: string | null } | null> {
  if (given === undefined) return null
  if (given === null) return { webhooks: null, secret: null }
  const stored = await openTenantSecrets(needed)(tenant, TENANT_WEBHOOK_SECRETS)
  const before = stored === null ? {} : parseWebhookSecrets(stored, tenantPath(tenant))
  const rules = { before, absent: 'keep', nowMs: needed.clock.now() } as const
  const { webhooks, secrets } = splitWebhooks(webhooksSchema.parse(given), tenant, rules)
  return { webhooks, secret: Object.keys(secrets).length === 0 ? null : JSON.stringify(secrets) }
}
