import { alertIdOf } from '@holdfast/core/operations/alert-document'
import { REASONS } from '@holdfast/core/session/session-states'
import type { FleetFacts } from '../fleet-facts.ts'
import { fleetAlert } from './runner-conditions.ts'
import type { WantedAlert } from './wanted-alert.ts'

/** The code of a runner's problem with its stores, and the reason of a session that waits for its key. */
const AWAY = 'wrapping-key-unavailable'

/** The scope of the alert about the key that wraps the data keys of all sessions. */
export const WRAPPING_KEY_SCOPE = 'wrapping-key'

export interface KeyOutage {
  readonly alert: WantedAlert
  readonly id: string
  /** Whether it stands for an alert about a session: one that waits for its key, or that a runner without the key cannot take. */
  readonly explains: (alert: WantedAlert) => boolean
}

/**
 * One alert for the whole fleet while Cloud KMS, or the key there, cannot be used. It is no outage of a network: nobody is kept from
 * dialling, and sessions whose keys are in the memory of a runner go on, so that their troubles are told of as always.
 */
export function keyOutage({ runners, sessions }: Pick<FleetFacts, 'runners' | 'sessions'>): KeyOutage | null {
  const alive = runners.filter(({ isDead }) => !isDead)
  const told = alive.flatMap(({ document: { store } }) => store?.problems.filter(({ code }) => code === AWAY) ?? [])
  const waiting = sessions.filter(({ isWanted, reason }) => isWanted && reason === AWAY)
  if (told.length === 0 && waiting.length === 0) return null
  const without = new Set(waiting.map(({ sessionId }) => sessionId))
  if (told.length > 0) for (const { sessionId, owner } of sessions) if (owner !== 'alive') without.add(sessionId)
  const [problem] = told
  const alert = fleetAlert({
    type: 'outage',
    scope: WRAPPING_KEY_SCOPE,
    sentence: `The key that wraps the keys of all sessions cannot be used. ${problem?.sentence ?? REASONS[AWAY].sentence}`,
    userAction: `${problem?.advice || REASONS[AWAY].userAction} \`npm run infra -- doctor\` looks at the key. Delete nothing and scan nothing meanwhile.`,
    done: 'Open sessions go on. Others wait and go on by themselves when the key is back; no new key is made.',
  })
  const explains = ({ type, session }: WantedAlert): boolean =>
    (type === 'needs-attention' || type === 'disconnected') && without.has(session?.sessionId ?? '')
  return { alert, id: alertIdOf(alert.type, alert.scope), explains }
}
