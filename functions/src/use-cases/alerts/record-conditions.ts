import { countedTotal } from '@holdfast/core/session/record-counts'
import { levelOf, type RecordLevels } from '@holdfast/core/session/record-levels'
import { tenantOf } from '@holdfast/core/session/ids'
import type { FleetFacts } from '../fleet-facts.ts'
import type { WantedAlert } from './wanted-alert.ts'

type Needed = Pick<FleetFacts, 'runners' | 'sessions'>

/** The alerts that the numbers of Signal records ask for. Heartbeats give the numbers, so no document is read. */
export function recordAlerts({ runners }: Needed, levelsOf: (tenant: string) => RecordLevels): readonly WantedAlert[] {
  const alive = runners.filter(({ isDead }) => !isDead)
  return alive.flatMap(({ id: runnerId, document }) =>
    Object.entries(document.sessions).flatMap(([sessionId, { records }]) => {
      if (!records) return []
      const tenant = tenantOf(sessionId)
      const total = countedTotal(records)
      const { name, severity, from } = levelOf(total, levelsOf(tenant))
      if (severity === null) return []
      return {
        type: 'record-level',
        scope: sessionId,
        tenant,
        severity,
        // Not the number itself, which changes with each message.
        sentence: `The session has ${from} Signal records or more; its level is ${name}.`,
        userAction: 'See what fills it: GET /api/sessions/{name}/records. Then POST /api/sessions/{name}/cleanup.',
        done: null,
        session: { sessionId, tenant, runnerId },
      } as const
    }),
  )
}

/** Whether anybody knows how many records a session has. A session that is not in trouble and has no live owner is stopped or gone. */
export const isCounted = ({ runners, sessions }: Needed, sessionId: string): boolean =>
  runners.some(({ isDead, document }) => !isDead && document.sessions[sessionId]?.records !== undefined) ||
  !sessions.some((session) => session.sessionId === sessionId)
