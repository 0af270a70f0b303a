import { ALERT_ROUTES } from '../alerts.ts'
import { HEALTH_ROUTES } from '../health.ts'
import { QUEUE_ROUTES } from '../queue.ts'
import { RECOVERIES_ROUTES } from '../recoveries.ts'
import type { Route } from '../route.ts'
import { SESSION_LISTS } from '../session-list.ts'
import { SESSION_ROUTES } from '../sessions.ts'
import type { EventKind } from '../../use-cases/events/feed.ts'

/** The lists of sessions have one path in the API, and two types. */
const ROUTES = [...SESSION_LISTS, ...HEALTH_ROUTES, ...SESSION_ROUTES, ...QUEUE_ROUTES, ...ALERT_ROUTES, ...RECOVERIES_ROUTES]

/** What can be asked, and the operation of the API that answers it. */
const OPERATIONS = {
  health: 'getHealth',
  status: 'getStatus',
  fleet: 'getFleet',
  sessions: 'listSessions',
  sessionPage: 'listSessionPage',
  session: 'getSession',
  queue: 'getQueue',
  alerts: 'listAlerts',
  recoveries: 'listRecoveries',
  recovery: 'getRecovery',
} as const

export const QUERY_FIELDS: Readonly<Record<string, Route>> = Object.fromEntries(
  Object.entries(OPERATIONS).map(([field, operationId]) => {
    const found = ROUTES.find((route) => route.operationId === operationId)
    if (!found) throw new Error(`The API has no operation ${operationId}.`)
    return [field, found]
  }),
)

/** What can be followed: the kind of event, and the path of its type from an answer of a query. `[]` stands for the entry of a list. */
export const SUBSCRIPTION_FIELDS: Readonly<
  Record<string, { kind: EventKind; of: readonly [keyof typeof OPERATIONS, ...string[]] }>
> = {
  healthChanged: { kind: 'health', of: ['health'] },
  queueChanged: { kind: 'queue', of: ['queue'] },
  sessionChanged: { kind: 'session', of: ['session'] },
  alertChanged: { kind: 'alert', of: ['alerts', 'alerts', '[]'] },
  recoveryChanged: { kind: 'recovery', of: ['recovery'] },
  runnerChanged: { kind: 'runner', of: ['fleet', 'runners', '[]'] },
}
