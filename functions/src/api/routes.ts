import { AUDIT_ROUTES } from './audit.ts'
import { FORMER_ROUTES } from './former.ts'
import { HEALTH_ROUTES } from './health.ts'
import { KEY_ROUTES } from './keys.ts'
import { MESSAGE_ROUTES } from './messages.ts'
import { descriptionRoute } from './openapi.ts'
import { PAIRING_ROUTES } from './pairing.ts'
import { POOL_ROUTES } from './pools.ts'
import { QUEUE_ROUTES } from './queue.ts'
import { RECEIVED_ROUTES } from './received.ts'
import { RECOVERY_ROUTES } from './recovery.ts'
import type { Route } from './route.ts'
import { SENDING_ROUTES } from './sending.ts'
import { SESSION_INFO_ROUTES } from './session-info.ts'
import { SESSION_ROUTES } from './sessions.ts'
import { TENANT_ROUTES } from './tenants.ts'

/**
 * All routes of the API. The app, the OpenAPI document and the client are made from this table. Its order decides which route
 * serves a path that fits two of them.
 */
export const ROUTES: readonly Route[] = [
  ...HEALTH_ROUTES,
  descriptionRoute(() => ROUTES),
  ...TENANT_ROUTES,
  ...KEY_ROUTES,
  ...AUDIT_ROUTES,
  ...SESSION_ROUTES,
  ...POOL_ROUTES,
  ...RECOVERY_ROUTES,
  ...SESSION_INFO_ROUTES,
  ...SENDING_ROUTES,
  ...MESSAGE_ROUTES,
  ...QUEUE_ROUTES,
  ...FORMER_ROUTES,
  ...RECEIVED_ROUTES,
  ...PAIRING_ROUTES,
]
