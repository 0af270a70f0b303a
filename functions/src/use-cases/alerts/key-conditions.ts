import { alertIdOf } from '@holdfast/core/operations/alert-document'
import { DEFAULT_TENANT } from '@holdfast/core/session/ids'
import { REASONS } from '@holdfast/core/session/session-states'
import type { FleetFacts } from '../fleet-facts.ts'
import { fleetAlert } from './runner-conditions.ts'
import { WRAPPING_KEY_SCOPE as SCOPE } from './wrapping-key-scope.ts'
import type { WantedAlert } from './wanted-alert.ts'

/** The code of a runner's problem with its stores, and the reason of a session that waits for its key. */
const AWAY = 'wrapping-key-unavailable'

export interface KeyOutage {
  readonly alerts: readonly WantedAlert[]
  /** Whether it may concern each session, and not those of one tenant. */
  readonly isOfFleet: boolean
  /** The alert that stands for one about a session: one that waits for its key, or that a runner without the key cannot take. */
  readonly standsFor: (alert: WantedAlert) => string | null
}

/**
 * One alert for the whole fleet while Cloud KMS, or the key there, cannot be used. A tenant may have a key of its own: while its sessions
 * alone wait, the alert is the tenant's. It is no outage of a network: nobody is kept from dialling, and sessions whose keys are in the
 * memory of a runner go on, so that their troubles are told of as always.
 */
export function keyOutage({ runners, sessions }: Pick<FleetFacts, 'runners' | 'sessions'>): KeyOutage {
  const alive = runners.filter(({ isDead }) => !isDead)
  const told = alive.flatMap(({ document: { store } }) => store?.problems.filter(({ code }) => code === AWAY) ?? [])
  const waiting = sessions.filter(({ isWanted, reason }) => isWanted && reason === AWAY)
  if (told.length === 0 && waiting.length === 0) return { alerts: [], isOfFleet: false, standsFor: () => null }
  const without = new Set(waiting.map(({ sessionId }) => sessionId))
  if (told.length > 0) for (const { sessionId, owner } of sessions) if (owner !== 'alive') without.add(sessionId)
  const alert = told[0] ? ofFleet(told[0]) : ofWaiting(new Set(waiting.map(({ tenant }) => tenant)))
  const id = alertIdOf(alert.type, alert.scope)
  const stands = ({ type, session }: WantedAlert): boolean =>
    (type === 'needs-attention' || type === 'disconnected') && without.has(session?.sessionId ?? '')
  return { alerts: [alert], isOfFleet: alert.scope === SCOPE, standsFor: (one) => (stands(one) ? id : null) }
}

const DONE = 'Open sessions go on. Others wait and go on by themselves when the key is back; no new key is made.'
const LOOK = '`npm run infra -- doctor` looks at the key. Delete nothing and scan nothing meanwhile.'

const ofFleet = ({ sentence, advice }: { readonly sentence: string; readonly advice: string }): WantedAlert =>
  fleetAlert({
    type: 'outage',
    scope: SCOPE,
    sentence: `The key that wraps the keys of sessions cannot be used. ${sentence}`,
    userAction: `${advice} ${LOOK}`.trim(),
    done: DONE,
  })

/** No runner has said that its own check failed: the key of one tenant, or an outage that runners have not looked for since they started. */
function ofWaiting(tenants: ReadonlySet<string>): WantedAlert {
  const [tenant = DEFAULT_TENANT] = tenants
  const { sentence, userAction } = REASONS[AWAY]
  const isOfOne = tenants.size === 1 && tenant !== DEFAULT_TENANT
  const scope = isOfOne ? `${SCOPE}.${tenant}` : SCOPE
  const alert = fleetAlert({ type: 'outage', scope, sentence, userAction: `${userAction} ${LOOK}`, done: DONE })
  return isOfOne ? { ...alert, tenant } : alert
}
