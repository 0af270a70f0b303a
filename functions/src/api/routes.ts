import { ALERT_DEVICE_ROUTES } from './alert-devices.ts'
import { ALERT_ROUTES } from './alerts.ts'
import { AUDIT_ROUTES } from './audit.ts'
import { BACKUP_ROUTES } from './backups.ts'
import { RESTORE_ROUTES } from './restores.ts'
import { CHAT_MESSAGE_ROUTES } from './chat-messages.ts'
import { CHAT_ROUTES } from './chats.ts'
import { CLEAN_UP_ROUTES } from './clean-ups.ts'
import { CONTACT_ROUTES } from './contacts.ts'
import { ERASURE_ROUTES } from './erasure.ts'
import { EVENT_ROUTES } from './events.ts'
import { FILE_ROUTES } from './files.ts'
import { FORMER_ROUTES } from './former.ts'
import { GRAPHQL_ROUTES } from './graphql.ts'
import { GROUP_ROUTES } from './groups.ts'
import { HEALTH_ROUTES } from './health.ts'
import { KEY_ROUTES } from './keys.ts'
import { LABEL_ROUTES } from './labels.ts'
import { METRICS_ROUTES } from './metrics.ts'
import { MESSAGE_CHANGE_ROUTES } from './message-changes.ts'
import { MESSAGE_ROUTES } from './messages.ts'
import { DATA_KEY_ROUTES } from './data-keys.ts'
import { descriptionRoute } from './openapi.ts'
import { PAIRING_ROUTES } from './pairing.ts'
import { POOL_ROUTES } from './pools.ts'
import { PRESENCE_ROUTES } from './presence.ts'
import { PROFILE_ROUTES } from './profile.ts'
import { PURGE_ROUTES } from './purges.ts'
import { QUEUE_ROUTES } from './queue.ts'
import { RECEIVED_ROUTES } from './received.ts'
import { RECOVERIES_ROUTES } from './recoveries.ts'
import { RECOVERY_ROUTES } from './recovery.ts'
import { ROTATION_ROUTES } from './rotation.ts'
import type { Route } from './route.ts'
import { KIND_ROUTES } from './sending-kinds.ts'
import { MEDIA_SENDING_ROUTES } from './sending-media.ts'
import { SENDING_ROUTES } from './sending.ts'
import { SERVER_ROUTES } from './server-info.ts'
import { SESSION_INFO_ROUTES } from './session-info.ts'
import { SESSION_RECORDS_ROUTES } from './session-records.ts'
import { SESSION_ROUTES } from './sessions.ts'
import { SIGN_IN_ROUTES } from './sign-in.ts'
import { STATUS_ROUTES } from './status.ts'
import { TENANT_ROUTES } from './tenants.ts'
import { WEBHOOK_ROUTES } from './webhooks.ts'
import { WRAPPING_ROUTES } from './wrapping.ts'

/**
 * All routes of the API. The app, the OpenAPI document and the client are made from this table. Its order decides which route
 * serves a path that fits two of them.
 */
export const ROUTES: readonly Route[] = [
  ...HEALTH_ROUTES,
  ...METRICS_ROUTES,
  descriptionRoute(() => ROUTES),
  ...TENANT_ROUTES,
  ...WRAPPING_ROUTES,
  ...DATA_KEY_ROUTES,
  ...KEY_ROUTES,
  ...SIGN_IN_ROUTES,
  ...EVENT_ROUTES,
  ...GRAPHQL_ROUTES,
  ...AUDIT_ROUTES,
  ...SERVER_ROUTES,
  ...SESSION_ROUTES,
  ...PURGE_ROUTES,
  ...POOL_ROUTES,
  ...BACKUP_ROUTES,
  ...RESTORE_ROUTES,
  ...RECOVERY_ROUTES,
  ...ROTATION_ROUTES,
  ...RECOVERIES_ROUTES,
  ...ALERT_DEVICE_ROUTES,
  ...ALERT_ROUTES,
  ...WEBHOOK_ROUTES,
  ...SESSION_INFO_ROUTES,
  ...SESSION_RECORDS_ROUTES,
  ...CLEAN_UP_ROUTES,
  ...SENDING_ROUTES,
  ...KIND_ROUTES,
  ...MESSAGE_CHANGE_ROUTES,
  ...STATUS_ROUTES,
  ...MEDIA_SENDING_ROUTES,
  ...MESSAGE_ROUTES,
  ...QUEUE_ROUTES,
  ...CONTACT_ROUTES,
  ...ERASURE_ROUTES,
  ...GROUP_ROUTES,
  ...LABEL_ROUTES,
  ...PRESENCE_ROUTES,
  ...PROFILE_ROUTES,
  ...FORMER_ROUTES,
  ...FILE_ROUTES,
  ...RECEIVED_ROUTES,
  ...CHAT_MESSAGE_ROUTES,
  ...CHAT_ROUTES,
  ...PAIRING_ROUTES,
]
