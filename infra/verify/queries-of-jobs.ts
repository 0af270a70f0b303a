import { JOBS } from '@holdfast/core/message/job-document'
import {
  counted,
  inQueue,
  isLater,
  jobs,
  LATER,
  type MadeQuery,
  NOBODY,
  NOW,
  pending,
  pools,
  session,
  sessions,
  tenant,
  type Where,
} from './made-query.ts'

const FIGURES = 'core/src/message/queue-figures.ts'
const LISTENER = 'runner/src/supervisor/job-listener.ts'
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

/** The queries of messages to send. */
export const ofJobs: readonly MadeQuery[] = [
  ...figures,
  ...lists,
  counted(FIGURES, JOBS, [pending, inQueue], ['queuedAt', 'desc']),
  jobs(LISTENER, [pending], { orderBy: ['queuedAt', 'desc'] }),
  jobs(LISTENER, [sessions, pending], { orderBy: ['queuedAt', 'desc'] }),
  jobs(LISTENER, [sessions, pending, ['queuedAt', '>=', LATER]], { orderBy: ['queuedAt', 'asc'] }),
  jobs(LISTENER, [session, ['status', 'in', ['pending', 'processing']]], { orderBy: ['id', 'asc'] }),
  jobs('runner/src/session/outbox/sent-jobs.ts', [session, ['messageId', '==', NOBODY]]),
  jobs(`${USE_CASES}/references.ts`, [session, ['messageId', '==', NOBODY]]),
  jobs(`${USE_CASES}/find-job.ts`, [
    ['tenant', '==', NOBODY],
    ['messageId', '==', NOBODY],
  ]),
  jobs(`${USE_CASES}/new-message.ts`, [
    ['tenant', '==', NOBODY],
    ['messageId', '==', NOBODY],
  ]),
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
  jobs(`${USE_CASES}/sent-file.ts`, [tenant, ['mediaId', '==', NOBODY]]),
  counted(`${USE_CASES}/delete-tenant.ts`, JOBS, [tenant, ['status', 'in', ['pending', 'processing']]]),
]
