import { tenantDocumentSchema, tenantPath } from '@holdfast/core/operations/tenant-document'
import { openTenantSecrets } from '@holdfast/core/operations/tenant-secrets'
import {
  type EndpointSecrets,
  NO_SECRETS,
  openWebhookSecrets,
  parseWebhookSecrets,
  TENANT_WEBHOOK_SECRETS,
  type WebhookSecrets,
} from '@holdfast/core/operations/webhook-secrets'
import { parseStored } from '@holdfast/core/platform/parse'
import { sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import type { Delivery } from '@holdfast/core/session/webhook-delivery-document'
import { endpointsOf, type WebhookEndpoint } from '@holdfast/core/session/webhooks'
import type { Dependencies } from '../dependencies.ts'
import { cipherOf } from '../find-session.ts'

type Needed = Pick<Dependencies, 'documents' | 'wrappingKey'>

/** An end point with what signs and marks its requests. */
export interface OpenEndpoint extends WebhookEndpoint {
  readonly secrets: EndpointSecrets
}

/**
 * Finds the end point of a delivery in the configuration that made it: of its session, or of its tenant. Null when it is not there any
 * more.
 *
 * @throws HoldfastError when a secret does not open
 */
export function findEndpoint(
  needed: Needed,
  { scope, sessionId, tenant, endpoint }: Pick<Delivery, 'scope' | 'sessionId' | 'tenant' | 'endpoint'>,
): Promise<OpenEndpoint | null> {
  return scope === 'session' ? ofSession(needed, sessionId, endpoint) : ofTenant(needed, tenant, endpoint)
}

async function ofSession({ documents, wrappingKey }: Needed, sessionId: string, id: string): Promise<OpenEndpoint | null> {
  const path = sessionPath(sessionId)
  const snapshot = await documents.read(path)
  if (!snapshot) return null
  const { config, webhookSecrets } = parseStored(sessionDocumentSchema, snapshot.fields, path)
  const endpoint = endpointsOf(config['webhooks'], sessionId).find((one) => one.id === id)
  if (!endpoint || !webhookSecrets) return withSecrets(endpoint, {})
  return withSecrets(endpoint, openWebhookSecrets(await cipherOf(documents, sessionId, wrappingKey), webhookSecrets))
}

async function ofTenant(needed: Needed, tenant: string, id: string): Promise<OpenEndpoint | null> {
  const path = tenantPath(tenant)
  const snapshot = await needed.documents.read(path)
  if (!snapshot) return null
  const { config } = parseStored(tenantDocumentSchema, snapshot.fields, path)
  const endpoint = endpointsOf(config.webhooks, tenant).find((one) => one.id === id)
  if (!endpoint) return null
  const secrets = await openTenantSecrets(needed)(tenant, TENANT_WEBHOOK_SECRETS)
  return withSecrets(endpoint, secrets === null ? {} : parseWebhookSecrets(secrets, path))
}

const withSecrets = (endpoint: WebhookEndpoint | undefined, secrets: WebhookSecrets): OpenEndpoint | null =>
  endpoint ? { ...endpoint, secrets: secrets[endpoint.id] ?? NO_SECRETS } : null
