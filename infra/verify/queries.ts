import { JOBS, OPEN_JOB_STATUSES } from '@holdfast/core/message/job-document'
import { messagesPath } from '@holdfast/core/message/message-document'
import { directoryPath } from '@holdfast/core/message/directory-document'
import { groupsPath } from '@holdfast/core/operations/group-document'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { ALERTS } from '@holdfast/core/operations/alert-document'
import { API_KEYS } from '@holdfast/core/operations/api-key-document'
import { AUDIT } from '@holdfast/core/operations/audit-document'
import { ERASURES } from '@holdfast/core/operations/erasure-document'
import { DUE_TASKS } from '@holdfast/core/operations/due-task-document'
import { HEALTH } from '@holdfast/core/operations/health-document'
import { OWNER_QUERIES } from '@holdfast/core/operations/owner-query-document'
import { POOLS } from '@holdfast/core/operations/pool-document'
import { PUSH_DEVICES } from '@holdfast/core/operations/push-device-document'
import { RECOVERY_ACTIONS } from '@holdfast/core/operations/recovery-action-document'
import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { RUNNER_SLOTS } from '@holdfast/core/operations/runner-slot-document'
import { TENANTS } from '@holdfast/core/operations/tenant-document'
import { SESSION_KEYS } from '@holdfast/core/security/session-key-document'
import { TENANT_KEYS } from '@holdfast/core/security/tenant-key-document'
import { WEBHOOK_ENDPOINTS } from '@holdfast/core/operations/webhook-endpoint-document'
import { backupsPath } from '@holdfast/core/session/backup-document'
import { SESSIONS } from '@holdfast/core/session/session-document'
import { LIVE_EVENTS } from '@holdfast/core/session/live-event-document'
import { WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import {
  counted,
  inQueue,
  jobs,
  LATER,
  type MadeQuery,
  NAMES,
  NAMES_OF_BOTH,
  NOBODY,
  NOW,
  others,
  pending,
  session,
  sessions,
  tenant,
  type Where,
} from './made-query.ts'
import { ofJobs } from './queries-of-jobs.ts'

const ERASURE = 'functions/src/use-cases/erasure/erase-contact.ts'
const MOVE_IN = 'runner/src/moving/move-in.ts'
const PLACEMENT = 'runner/src/supervisor/placement.ts'
const USE_CASES = 'functions/src/use-cases'

/** The list of recoveries: each scope with each filter. */
const recoveries: readonly MadeQuery[] = [[tenant], [session], [sessions]].flatMap((scope: Where) =>
  [[], [['state', '==', NOBODY] as const]].flatMap((state: Where) =>
    [[], [['type', '==', NOBODY] as const]].map((type: Where) =>
      others(`${USE_CASES}/recoveries/recoveries.ts`, RECOVERY_ACTIONS, [...scope, ...state, ...type], {
        orderBy: ['requestedAt', 'desc'],
        thenById: true,
      }),
    ),
  ),
)

/** The list of deliveries of webhooks: each scope with each filter. */
const deliveries: readonly MadeQuery[] = [[tenant], [session], [sessions]].flatMap((scope: Where) =>
  [[], [['status', '==', 'dead'] as const]].map((status: Where) =>
    others(`${USE_CASES}/webhooks/deliveries.ts`, WEBHOOK_DELIVERIES, [...scope, ...status], {
      orderBy: ['since', 'desc'],
      thenById: true,
    }),
  ),
)

const ofOthers: readonly MadeQuery[] = [
  others(
    `${USE_CASES}/live-streams.ts`,
    LIVE_EVENTS,
    [
      ['tenant', '==', NOBODY],
      ['writtenAt', '>=', NOW],
    ],
    { orderBy: ['writtenAt', 'asc'] },
  ),
  others(`${USE_CASES}/webhooks/handle-task.ts`, WEBHOOK_DELIVERIES, [['waitsIn', '==', NOBODY]], { orderBy: ['order', 'asc'] }),
  others(`${USE_CASES}/webhooks/sweep-webhooks.ts`, WEBHOOK_DELIVERIES, [['lookAt', '<=', NOW]], { orderBy: ['lookAt', 'asc'] }),
  others(`${USE_CASES}/webhooks/sweep-webhooks.ts`, WEBHOOK_ENDPOINTS, [['failingSince', '<=', NOW]], {
    orderBy: ['failingSince', 'asc'],
  }),
  others(`${USE_CASES}/received-messages.ts`, messagesPath(NOBODY), [], { orderBy: ['order', 'asc'], startAfter: 'a' }),
  ...[[], [['chat', 'in', NAMES_OF_BOTH] as const]].flatMap((chat: Where) =>
    (['asc', 'desc'] as const).map((direction) =>
      others(`${USE_CASES}/chat-messages.ts`, messagesPath(NOBODY), [...chat, ['sentAt', '>=', LATER]], {
        orderBy: ['sentAt', direction],
        thenById: true,
      }),
    ),
  ),
  others(`${USE_CASES}/chat-messages.ts`, messagesPath(NOBODY), [['messageId', 'in', NAMES]]),
  others(`${USE_CASES}/references.ts`, messagesPath(NOBODY), [['messageId', 'in', NAMES]]),
  others('runner/src/session/outbox/message-acks.ts', messagesPath(NOBODY), [['messageId', 'in', NAMES]]),
  others('runner/src/session/outbox/referred-messages.ts', messagesPath(NOBODY), [['messageId', 'in', NAMES]]),
  others('core/src/journal/document-journals.ts', journalPath(NOBODY), [], {
    orderBy: ['id', 'asc'],
    startAfter: '0',
    endAt: '9',
  }),
  others('runner/src/session/media/incoming-media.ts', receivedMediaPath(NOBODY), [['state', '==', 'pending']], {
    orderBy: ['id', 'asc'],
    startAfter: NOBODY,
  }),
  counted(`${USE_CASES}/stored-state.ts`, parkedStanzasPath(NOBODY), [['resolvedAt', '==', null]]),
  counted(`${USE_CASES}/limits.ts`, SESSIONS, [tenant]),
  counted(`${USE_CASES}/limits.ts`, SESSIONS, [tenant, ['isRemoved', '==', true]]),
  counted(`${USE_CASES}/limits.ts`, API_KEYS, [tenant, ['revokedAt', '==', null]]),
  others(`${USE_CASES}/fleet/session-conditions.ts`, SESSIONS),
  others(`${USE_CASES}/fleet/session-conditions.ts`, SESSIONS, [['wanted', '==', 'offline']]),
  counted(`${USE_CASES}/fleet-facts.ts`, SESSIONS, [
    ['wanted', '==', 'online'],
    ['state', 'in', ['LOGGED_OUT', 'BANNED']],
  ]),
  others(`${USE_CASES}/health/write-health.ts`, HEALTH),
  others(`${USE_CASES}/health/fleet-answer.ts`, HEALTH, [], { orderBy: ['id', 'asc'], startAfter: 'runner.', endAt: 'runner.~' }),
  others(`${USE_CASES}/runner-answer.ts`, RUNNERS),
  others(`${USE_CASES}/fleet-facts.ts`, ALERTS, [['state', 'in', ['open', 'acknowledged']]]),
  others(`${USE_CASES}/fleet-facts.ts`, RECOVERY_ACTIONS, [['state', 'in', ['pending', 'proposed']]]),
  others(`${USE_CASES}/fleet/crash-drill.ts`, RECOVERY_ACTIONS, [
    ['type', '==', 'crash-drill'],
    ['state', 'in', ['pending', 'running']],
  ]),
  others(`${USE_CASES}/fleet/crash-drill.ts`, RUNNERS),
  others(
    `${USE_CASES}/fleet-facts.ts`,
    RECOVERY_ACTIONS,
    [
      ['state', '==', 'failed'],
      ['finishedAt', '>', LATER],
    ],
    {
      orderBy: ['finishedAt', 'desc'],
    },
  ),
  others(`${USE_CASES}/alerts/list-alerts.ts`, ALERTS, [tenant, ['state', '==', 'open'], ['severity', '==', 'critical']], {
    orderBy: ['id', 'asc'],
    startAfter: 'a',
  }),
  others(`${USE_CASES}/alerts/push-devices.ts`, PUSH_DEVICES, [tenant]),
  others(`${USE_CASES}/alerts/push-channels.ts`, PUSH_DEVICES, [tenant]),
  others(`${USE_CASES}/alerts/push-channels.ts`, PUSH_DEVICES, [['isOperator', '==', true]]),
  others(`${USE_CASES}/alerts/tell.ts`, ALERTS, [['noticeDueAt', '<=', NOW]], { orderBy: ['noticeDueAt', 'asc'] }),
  others(`${USE_CASES}/fleet-facts.ts`, JOBS, [['failedAt', '>', LATER]], { orderBy: ['failedAt', 'desc'] }),
  counted(`${USE_CASES}/fleet-facts.ts`, JOBS, [tenant, pending, inQueue]),
  others(`${USE_CASES}/fleet/troubled-sessions.ts`, SESSIONS, [['runnerId', 'in', [NOBODY, `${NOBODY}.2`]]]),
  others(
    'core/src/operations/sessions-of-gone.ts',
    SESSIONS,
    [
      ['runnerId', '>', NOBODY],
      ['runnerId', '<', `${NOBODY}.2`],
    ],
    { orderBy: ['runnerId', 'asc'] },
  ),
  others(`${USE_CASES}/recoveries/mark-unvouched.ts`, SESSIONS, [
    ['runnerId', '==', NOBODY],
    ['state', 'in', ['CONNECTED', 'PAIRING']],
  ]),
  others(`${USE_CASES}/find-session.ts`, SESSIONS, [tenant]),
  others(`${USE_CASES}/find-session.ts`, SESSIONS, [tenant, ['wanted', '==', 'online']]),
  others(`${USE_CASES}/show-sessions.ts`, RUNNERS),
  others(`${USE_CASES}/session-page.ts`, SESSIONS, [tenant], { orderBy: ['id', 'asc'] }),
  others(`${USE_CASES}/session-page.ts`, SESSIONS, [tenant, ['state', 'in', ['BANNED', 'PAIRING']]], { orderBy: ['id', 'asc'] }),
  others(`${USE_CASES}/session-page.ts`, RUNNERS),
  others(`${USE_CASES}/pairing-code.ts`, SESSIONS, [tenant, ['name', '==', NOBODY]]),
  others(`${USE_CASES}/queue-status.ts`, SESSIONS, [tenant]),
  others(`${USE_CASES}/events/watch.ts`, SESSIONS, [tenant]),
  others(`${USE_CASES}/events/watch.ts`, RUNNERS),
  others(`${USE_CASES}/events/watch.ts`, ALERTS, [['state', 'in', ['open', 'acknowledged']]]),
  others(`${USE_CASES}/events/watch.ts`, ALERTS, [tenant, ['state', 'in', ['open', 'acknowledged']]]),
  others(`${USE_CASES}/events/watch.ts`, RECOVERY_ACTIONS, [tenant], { orderBy: ['requestedAt', 'desc'] }),
  others(`${USE_CASES}/events/watch.ts`, HEALTH, [['scope', '==', 'fleet']]),
  others(`${USE_CASES}/events/watch.ts`, HEALTH, [], { orderBy: ['id', 'asc'], startAfter: 'runner.', endAt: 'runner.~' }),
  others(`${USE_CASES}/sender.ts`, SESSIONS, [tenant, ['state', '==', 'CONNECTED']], { orderBy: ['id', 'asc'] }),
  others(`${USE_CASES}/remove-session.ts`, JOBS, [session, pending]),
  others(`${USE_CASES}/delete-tenant.ts`, SESSIONS, [tenant, ['wanted', '==', 'online']]),
  others(`${USE_CASES}/delete-tenant.ts`, API_KEYS, [tenant, ['revokedAt', '==', null]]),
  others(`${USE_CASES}/api-keys.ts`, API_KEYS, [tenant]),
  ...[SESSION_KEYS, TENANT_KEYS].map((collection) =>
    others(`${USE_CASES}/keys/key-documents.ts`, collection, [], { orderBy: ['id', 'asc'], startAfter: '~' }),
  ),
  others(`${USE_CASES}/audit.ts`, AUDIT, [tenant], { orderBy: ['id', 'asc'], startAfter: 'a' }),
  others(`${USE_CASES}/pools.ts`, POOLS, [tenant]),
  others(`${USE_CASES}/tenants.ts`, TENANTS),
  others(`${USE_CASES}/archive-old-jobs.ts`, TENANTS),
  others(`${USE_CASES}/backups/stored-backups.ts`, backupsPath(NOBODY)),
  others(`${USE_CASES}/recoveries/action-runs.ts`, RECOVERY_ACTIONS, [['backup.run', '==', NOBODY]]),
  others(`${USE_CASES}/recoveries/action-runs.ts`, RECOVERY_ACTIONS, [['restoreRun', '==', NOBODY]]),
  counted(`${USE_CASES}/backups/return-to-backup.ts`, messagesPath(NOBODY), [['order', '>', 'a']]),
  others(`${USE_CASES}/backups/sessions-in-turn.ts`, SESSIONS, [], { orderBy: ['id', 'asc'], startAfter: NOBODY }),
  others(`${USE_CASES}/purge/perform-purges.ts`, SESSIONS, [['purge.dueAt', '<=', new Date(0)]]),
  others(`${USE_CASES}/purge/list-purges.ts`, SESSIONS, [tenant, ['purge.phase', 'in', ['waiting', 'removing']]], {
    orderBy: ['id', 'asc'],
    startAfter: 'a',
  }),
  others(`${USE_CASES}/purge/perform-purges.ts`, ALERTS, [
    ['type', '==', 'purge-stuck'],
    ['state', 'in', ['open', 'acknowledged']],
  ]),
  counted(`${USE_CASES}/rotate-session.ts`, JOBS, [
    ['sessionId', '==', NOBODY],
    ['status', 'in', OPEN_JOB_STATUSES],
  ]),
  others(`${USE_CASES}/purge/remove-remains.ts`, JOBS, [['sessionId', '==', NOBODY]]),
  others(`${USE_CASES}/backups/verify-due.ts`, ALERTS, [
    ['type', '==', NOBODY],
    ['state', 'in', ['open', 'acknowledged']],
  ]),
  others('runner/src/supervisor/tenant-feed.ts', TENANTS),
  others('runner/src/supervisor/query-feed.ts', OWNER_QUERIES, [
    ['runnerId', '==', NOBODY],
    ['state', '==', 'asked'],
  ]),
  others('runner/src/session/directory/directory.ts', directoryPath(NOBODY, 'chats')),
  others('runner/src/session/directory/groups.ts', groupsPath(NOBODY)),
  others('runner/src/session/directory/directory.ts', messagesPath(NOBODY), [], { orderBy: ['order', 'asc'], startAfter: 'a' }),
  others(`${USE_CASES}/directory/directory-pages.ts`, directoryPath(NOBODY, 'contacts')),
  others(`${USE_CASES}/directory/directory-pages.ts`, directoryPath(NOBODY, 'labels')),
  others(`${USE_CASES}/directory/groups.ts`, groupsPath(NOBODY)),
  others(`${USE_CASES}/directory/chat-changes.ts`, messagesPath(NOBODY), [['chat', 'in', NAMES_OF_BOTH]], {
    orderBy: ['sentAt', 'desc'],
    thenById: true,
  }),
  others(`${USE_CASES}/ask-owner.ts`, OWNER_QUERIES, [['id', '==', NOBODY]]),
  others(`${USE_CASES}/clean-up.ts`, OWNER_QUERIES, [['expiresAt', '<=', NOW]]),
  others(`${USE_CASES}/expire-media.ts`, receivedMediaPath(NOBODY), [['object', '==', NOBODY]]),
  jobs(`${USE_CASES}/expire-media.ts`, [tenant, ['status', 'in', ['pending', 'processing']]], {
    orderBy: ['createdAt', 'asc'],
    thenById: true,
  }),
  others(
    'core/src/operations/sessions-of-gone.ts',
    SESSIONS,
    [
      ['wanted', '==', 'online'],
      ['runnerId', '>', NOBODY],
      ['runnerId', '<', `${NOBODY}.2`],
    ],
    { orderBy: ['runnerId', 'asc'] },
  ),
  counted('runner/src/supervisor/orphans.ts', SESSIONS, [['wanted', '==', 'online']], ['runnerId', 'asc']),
  others('runner/src/network/fleet-verdict.ts', HEALTH, [['scope', '==', 'fleet']]),
  others(`${USE_CASES}/recovery-actions.ts`, RECOVERY_ACTIONS, [session]),
  others(`${USE_CASES}/recoveries/action-numbers.ts`, RECOVERY_ACTIONS, [], {
    orderBy: ['id', 'asc'],
    startAfter: 'a',
    endAt: 'b',
    select: [],
  }),
  others(`${USE_CASES}/remove-ended.ts`, RECOVERY_ACTIONS, [['finishedAt', '<=', NOW]], {
    orderBy: ['finishedAt', 'asc'],
    thenById: true,
  }),
  others(`${USE_CASES}/remove-ended.ts`, ALERTS, [['resolvedAt', '<=', NOW]], { orderBy: ['resolvedAt', 'asc'], thenById: true }),
  others(`${USE_CASES}/remove-ended.ts`, `${ALERTS}/${NOBODY}/channels`),
  others(`${USE_CASES}/recoveries/request-action.ts`, RECOVERY_ACTIONS, [
    session,
    ['type', '==', NOBODY],
    ['state', 'in', ['pending', 'running']],
  ]),
  ...recoveries,
  ...deliveries,
  others(
    `${USE_CASES}/recoveries/sweep-recoveries.ts`,
    RECOVERY_ACTIONS,
    [
      ['requestedBy', '==', NOBODY],
      ['requestedAt', '>', LATER],
    ],
    {
      orderBy: ['requestedAt', 'desc'],
    },
  ),
  others(`${USE_CASES}/recoveries/request-recovery.ts`, RUNNERS),
  others('runner/src/supervisor/runner-actions.ts', RECOVERY_ACTIONS, [
    ['targetRunner', '==', NOBODY],
    ['state', 'in', ['pending', 'running']],
  ]),
  others('runner/src/supervisor/action-feed.ts', RECOVERY_ACTIONS, [['state', 'in', ['pending', 'running']]]),
  others(ERASURE, messagesPath(NOBODY), [['chat', 'in', NAMES]]),
  others(ERASURE, messagesPath(NOBODY), [['participant', 'in', NAMES]]),
  others(ERASURE, parkedStanzasPath(NOBODY), [['from', 'in', NAMES]]),
  others(ERASURE, parkedStanzasPath(NOBODY), [['participant', 'in', NAMES]]),
  others(ERASURE, messagesPath(NOBODY), [['reaction_0.by', '==', NOBODY]]),
  jobs(ERASURE, [session], { orderBy: ['id', 'asc'] }),
  others(ERASURE, WEBHOOK_DELIVERIES, [session], { orderBy: ['id', 'asc'] }),
  others('functions/src/use-cases/erasure/contact-directory.ts', directoryPath(NOBODY, 'contacts')),
  others('functions/src/use-cases/erasure/contact-directory.ts', directoryPath(NOBODY, 'chats')),
  others('functions/src/use-cases/erasure/contact-directory.ts', directoryPath(NOBODY, 'labels')),
  others('functions/src/use-cases/erasure/remove-erased-objects.ts', ERASURES, [['state', '==', 'open']], {
    orderBy: ['id', 'asc'],
    startAfter: 'a',
  }),
  counted(MOVE_IN, SESSIONS, [tenant]),
  others('runner/src/moving/rebuild.ts', SESSIONS, [tenant]),
  others(MOVE_IN, SESSIONS, [['me.id', '==', NOBODY]]),
  others(PLACEMENT, RUNNERS),
  others(PLACEMENT, RUNNERS, [], { orderBy: ['heartbeatAt', 'asc'] }),
  others(PLACEMENT, SESSIONS, [
    ['wanted', '==', 'online'],
    ['runnerId', '==', NOBODY],
  ]),
  others(PLACEMENT, SESSIONS, [['runnerId', '==', NOBODY]]),
  others('runner/src/supervisor/supervisor.ts', SESSIONS, [['runnerId', '==', NOBODY]]),
  others('runner/src/process/start.ts', RUNNERS, [['instanceId', '==', NOBODY]]),
  others('runner/src/process/slots.ts', RUNNER_SLOTS),
  others('runner/src/process/slots.ts', RUNNERS),
  others('runner/src/process/crash-loops.ts', ALERTS, [['type', '==', NOBODY]]),
  others('runner/src/process/crash-loops.ts', RUNNERS),
  others('runner/src/main.ts', RUNNERS),
  others('functions/src/embedded/task-delivery.ts', DUE_TASKS, [], { orderBy: ['dueAt', 'asc'] }),
  others('functions/src/embedded/task-delivery.ts', DUE_TASKS, [['endedAt', '<=', NOW]]),
]

/** All of them. A test compares the list with the files that make queries, and with the indexes. */
export const QUERIES: readonly MadeQuery[] = [...ofJobs, ...ofOthers]

/** The collections at the top of the database. */
export const COLLECTIONS: readonly string[] = [
  ...new Set([
    ...QUERIES.map(({ query }) => query.collection.split('/')[0] ?? ''),
    'session_keys',
    'sign_in_tokens',
    'fleet',
    'tenant_keys',
    'usage',
    'fleet_history',
    'push_keys',
    'webhook_deliveries',
  ]),
]
