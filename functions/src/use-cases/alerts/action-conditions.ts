import { DESCRIBED_TYPES } from '@holdfast/core/operations/alert-types'
import type { RecoveryAction } from '@holdfast/core/operations/recovery-action-document'
import type { FleetFacts } from '../fleet-facts.ts'
import type { WantedAlert } from './wanted-alert.ts'

/**
 * The alerts that recoveries ask for: one that waits for approval, and one that failed within the last day while its session is still in
 * trouble.
 */
export function actionAlerts({ actions, failedRecoveries, sessions }: FleetFacts): readonly WantedAlert[] {
  const inTrouble = new Map(
    sessions.filter(({ status, isWanted }) => isWanted && status !== 'WORKING').map((one) => [one.sessionId, one]),
  )
  // A new QR code needs a phone, of which the session's own alert tells.
  const proposed = actions.flatMap(({ content }) =>
    content.state === 'proposed' && content.step !== 'new-qr' ? [approvalNeeded(content)] : [],
  )
  const failed = failedRecoveries.flatMap(({ content }) =>
    inTrouble.has(content.sessionId) ? [recoveryFailed(content, inTrouble.get(content.sessionId)?.runnerId ?? null)] : [],
  )
  return [...once(proposed), ...once(failed)]
}

/** A session that several actions are about has one alert of a type, for the first of them. */
const once = (alerts: readonly WantedAlert[]): readonly WantedAlert[] => [
  ...new Map(alerts.toReversed().map((alert) => [alert.scope, alert])).values(),
]

function approvalNeeded(action: RecoveryAction): WantedAlert {
  const { type, step, why } = action
  const losesRecords = type === 'restore' || step === 'restore'
  return {
    ...about(action, null),
    type: 'approval-needed',
    severity: losesRecords ? DESCRIBED_TYPES['approval-needed'].severity : 'warning',
    sentence: `A recovery waits for approval: ${step ?? type}. ${why}`,
    userAction: 'See what it would do, and approve or cancel it: GET /api/recoveries.',
    done: 'Nothing was changed.',
  }
}

function recoveryFailed(action: RecoveryAction, runnerId: string | null): WantedAlert {
  const result = action.result?.sentence ?? 'It ended without success.'
  return {
    ...about(action, runnerId),
    type: 'recovery-failed',
    severity: DESCRIBED_TYPES['recovery-failed'].severity,
    sentence: `A recovery did not bring the session back. ${result}`,
    userAction: 'Read its steps: GET /api/sessions/{name}/actions. Remove the cause, then restart the session.',
    done: `${action.steps.length} steps were taken. Nothing was deleted.`,
  }
}

const about = ({ sessionId, tenant, targetRunner }: RecoveryAction, runnerId: string | null) => ({
  scope: sessionId === '' ? `runner.${targetRunner ?? ''}` : sessionId,
  tenant: sessionId === '' ? null : tenant,
  session: sessionId === '' ? null : { sessionId, tenant, runnerId },
})
