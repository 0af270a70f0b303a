import { JOBS } from '@holdfast/core/message/job-document'
import { messagesPath } from '@holdfast/core/message/message-document'
import { parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { API_KEYS } from '@holdfast/core/operations/api-key-document'
import { AUDIT } from '@holdfast/core/operations/audit-document'
import { DUE_TASKS } from '@holdfast/core/operations/due-task-document'
import { POOLS } from '@holdfast/core/operations/pool-document'
import { RECOVERY_ACTIONS } from '@holdfast/core/operations/recovery-action-document'
import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { TENANTS } from '@holdfast/core/operations/tenant-document'
import type { Query } from '@holdfast/core/platform/ports'
import { SESSIONS } from '@holdfast/core/session/session-document'

type Where = NonNullable<Query['where']>

/** A query that the code makes. Values name nobody, so that nothing is found and nothing is paid but the query. */
export interface MadeQuery {
  /** The file that makes it. */
  readonly by: string
  readonly query: Query
  readonly counts?: true
}

const NOBODY = 'verify.nobody'
const NOW = new Date(0)
const LATER = new Date('2100-01-01')

const session = ['sessionId', '==', NOBODY] as const
const sessions = ['sessionId', 'in', [NOBODY, `${NOBODY}.2`]] as const
const tenant = ['tenant', '==', NOBODY] as const
const pending = ['status', '==', 'pending'] as const
const isLater = ['queuedAt', '==', null] as const
const inQueue = ['queuedAt', '>', LATER] as const
const pools = ['pool', 'in', [NOBODY, `${NOBODY}.2`]] as const

const jobs = (by: string, where: Where, more: Partial<Query> = {}): MadeQuery => ({
  by,
  query: { collection: JOBS, where, limit: 1, ...more },
})

const counted = (by: string, collection: string, where: Where, orderBy?: Query['orderBy']): MadeQuery => ({
  by,
  query: { collection, where, ...(orderBy ? { orderBy } : {}) },
  counts: true,
})

const others = (by: string, collection: string, where: Where = [], more: Partial<Query> = {}): MadeQuery => ({
  by,
  query: { collection, where, limit: 1, ...more },
})

const FIGURES = 'core/src/message/queue-figures.ts'
const LISTENER = 'runner/src/supervisor/job-listener.ts'
const PLACEMENT = 'runner/src/supervisor/placement.ts'
const USE_CASES = 'functions/src/use-cases'

const scopes: readonly Where[] = [[], [tenant], [session], [sessions]]

/** The figures of the queue: of all, of a tenant, of a session, of some. */
const figures: readonly MadeQuery[] = scopes.flatMap((scope) => [
  counted(FIGURES, JOBS, [...scope, pending]),
  counted(FIGURES, JOBS, [...scope, pending, isLater]),
  counted(FIGURES, JOBS, [...scope, pending, ['hold.until', '>', LATER]]),
  counted(FIGURES, JOBS, [...scope, pending, ['nextAttemptAt', '>', LATER]]),
  counted(
    FIGURES,
    JOBS,
    [...scope, ['status', 'in', ['sent', 'delivered', 'read']], ['createdAt', '>', LATER]],
    ['createdAt', 'desc'],
  ),
  jobs(FIGURES, [...scope, pending, inQueue], { orderBy: ['queuedAt', 'asc'] }),
])

/** The list of messages: each scope with each filter. */
const lists: readonly MadeQuery[] = [[tenant], [session], [sessions]].flatMap((scope: Where) =>
  [[], [['status', '==', 'failed'] as const]].flatMap((status: Where) =>
    [[], [['chat', '==', NOBODY] as const]].map((chat: Where) =>
      jobs(`${USE_CASES}/list-messages.ts`, [...scope, ...status, ...chat, ['createdAt', '>=', LATER]], {
        orderBy: ['createdAt', 'desc'],
        thenById: true,
      }),
    ),
  ),
)

const ofJobs: readonly MadeQuery[] = [
  ...figures,
  ...lists,
  counted(FIGURES, JOBS, [pending, inQueue], ['queuedAt', 'desc']),
  jobs(LISTENER, [pending], { orderBy: ['queuedAt', 'desc'] }),
  jobs(LISTENER, [sessions, pending], { orderBy: ['queuedAt', 'desc'] }),
  jobs(LISTENER, [sessions, pending, ['queuedAt', '>=', LATER]], { orderBy: ['queuedAt', 'asc'] }),
  jobs(LISTENER, [session, ['status', 'in', ['pending', 'processing']]], { orderBy: ['id', 'asc'] }),
  jobs('runner/src/session/outbox/sent-jobs.ts', [session, ['messageId', '==', NOBODY]]),
  jobs(`${USE_CASES}/find-job.ts`, [['messageId', '==', NOBODY]]),
  jobs(`${USE_CASES}/make-due.ts`, [session, ['chat', '==', NOBODY], pending, isLater]),
  jobs(`${USE_CASES}/sweep.ts`, [pending, ['nextAttemptAt', '<=', NOW]], { orderBy: ['nextAttemptAt', 'asc'] }),
  jobs(`${USE_CASES}/sweep.ts`, [pending, isLater, ['sendAt', '<=', NOW]], { orderBy: ['sendAt', 'asc'] }),
  jobs(`${USE_CASES}/sweep.ts`, [pending, ['expiresAt', '<=', NOW]], { orderBy: ['expiresAt', 'asc'] }),
  jobs(`${USE_CASES}/sweep.ts`, [pending, isLater, ['sendAt', '>', NOW], ['sendAt', '<=', NOW]], { orderBy: ['sendAt', 'asc'] }),
  jobs(`${USE_CASES}/fail-over.ts`, [pending, ['pool', '>', '\uf8ff']], { orderBy: ['pool', 'asc'] }),
  jobs(`${USE_CASES}/fail-over.ts`, [session, pending, pools, ['queuedAt', '>', LATER]], {
    orderBy: ['queuedAt', 'asc'],
    thenById: true,
  }),
  jobs(`${USE_CASES}/fail-over.ts`, [pending, pools, ['lastError.code', 'in', [NOBODY, `${NOBODY}.2`]]], {
    orderBy: ['lastError.code', 'asc'],
    thenById: true,
  }),
  jobs(
    `${USE_CASES}/fail-over.ts`,
    [pending, pools, ['hold.reason', 'in', [NOBODY, `${NOBODY}.2`]], ['hold.until', '>', LATER]],
    {
      orderBy: ['hold.until', 'asc'],
      thenById: true,
    },
  ),
  jobs(`${USE_CASES}/archive-old-jobs.ts`, [tenant, ['status', 'in', ['sent', 'failed']], ['createdAt', '<=', NOW]], {
    orderBy: ['createdAt', 'asc'],
    thenById: true,
  }),
  counted(`${USE_CASES}/delete-tenant.ts`, JOBS, [tenant, ['status', 'in', ['pending', 'processing']]]),
]

const ofOthers: readonly MadeQuery[] = [
  others(`${USE_CASES}/received-messages.ts`, messagesPath(NOBODY), [], { orderBy: ['order', 'asc'], startAfter: 'a' }),
  others('core/src/journal/document-journals.ts', journalPath(NOBODY), [], {
    orderBy: ['id', 'asc'],
    startAfter: '0',
    endAt: '9',
  }),
  counted(`${USE_CASES}/stored-state.ts`, parkedStanzasPath(NOBODY), [['resolvedAt', '==', null]]),
  counted(`${USE_CASES}/limits.ts`, SESSIONS, [tenant]),
  counted(`${USE_CASES}/limits.ts`, API_KEYS, [tenant, ['revokedAt', '==', null]]),
  others(`${USE_CASES}/fail-over.ts`, SESSIONS),
  others(`${USE_CASES}/health.ts`, SESSIONS),
  others(`${USE_CASES}/show-sessions.ts`, SESSIONS, [tenant]),
  others(`${USE_CASES}/queue-status.ts`, SESSIONS, [tenant]),
  others(`${USE_CASES}/sender.ts`, SESSIONS, [tenant, ['state', '==', 'CONNECTED']], { orderBy: ['id', 'asc'] }),
  others(`${USE_CASES}/delete-tenant.ts`, SESSIONS, [tenant, ['wanted', '==', 'online']]),
  others(`${USE_CASES}/delete-tenant.ts`, API_KEYS, [tenant, ['revokedAt', '==', null]]),
  others(`${USE_CASES}/api-keys.ts`, API_KEYS, [tenant]),
  others(`${USE_CASES}/audit.ts`, AUDIT, [tenant], { orderBy: ['id', 'asc'], startAfter: 'a' }),
  others(`${USE_CASES}/pools.ts`, POOLS, [tenant]),
  others(`${USE_CASES}/tenants.ts`, TENANTS),
  others(`${USE_CASES}/archive-old-jobs.ts`, TENANTS),
  others('runner/src/supervisor/tenant-feed.ts', TENANTS),
  others(`${USE_CASES}/recovery-actions.ts`, RECOVERY_ACTIONS, [session]),
  others(`${USE_CASES}/recovery-actions.ts`, RECOVERY_ACTIONS, [
    session,
    ['type', '==', NOBODY],
    ['state', 'in', ['pending', 'running']],
  ]),
  others('runner/src/supervisor/action-feed.ts', RECOVERY_ACTIONS, [['state', 'in', ['pending', 'running']]]),
  others(PLACEMENT, RUNNERS),
  others(PLACEMENT, SESSIONS, [
    ['wanted', '==', 'online'],
    ['runnerId', '==', NOBODY],
  ]),
  others(PLACEMENT, SESSIONS, [['runnerId', '==', NOBODY]]),
  others('runner/src/supervisor/supervisor.ts', SESSIONS, [['runnerId', '==', NOBODY]]),
  others('runner/src/process/start.ts', RUNNERS, [['instanceId', '==', NOBODY]]),
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
    'tenant_keys',
    'usage',
    'health_status',
    'health_alerts',
    'webhook_deliveries',
  ]),
]
