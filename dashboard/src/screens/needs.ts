import type { Session } from '@holdfast/client/types'
import { answerOf, api } from '../api/api.ts'
import { tenantHere } from '../api/sign-in.ts'
import { count, t } from '../language/language.ts'
import type { Tone } from '../parts/badge.tsx'
import { to } from '../platform/route.ts'
import { alertName, placeOf } from './alert-types.ts'

/** Something that waits for a person. */
export interface Need {
  readonly key: string
  readonly href: string
  readonly name: string
  /** Two words on what it is. */
  readonly kind: string
  readonly tone: Tone
  readonly sentence: string | null
  readonly userAction: string | null
  readonly since: string | null
}

/** What the API knows beside the sessions. */
export async function loadNeeds() {
  const limit = 50
  const [alerts, proposed, queue] = await Promise.all([
    answerOf(api.GET('/api/alerts', { params: { query: { state: 'open', limit } } })),
    answerOf(api.GET('/api/recoveries', { params: { query: { state: 'proposed', limit } } })),
    answerOf(api.GET('/api/queue')),
  ])
  return { alerts: alerts.alerts, proposed: proposed.recoveries, failed: queue.failed }
}

export type Loaded = Awaited<ReturnType<typeof loadNeeds>>

/** The most urgent first: what is down, then what waits for a decision, then the rest. */
export function needsOf(
  /** Those that need a person. */ sessions: readonly Session[],
  { alerts, proposed, failed }: Loaded,
): Need[] {
  const named = new Set(sessions.map(({ name }) => name))
  // The operator hears of all tenants, and the page shows one.
  const ofAlerts = alerts
    .filter(({ tenant }) => tenant === null || tenant === tenantHere())
    .filter(({ severity, session }) => severity !== 'info' && (session === null || !named.has(session)))
    .toSorted((one, other) => Number(other.severity === 'critical') - Number(one.severity === 'critical'))
  return [
    ...sessions.filter(({ status }) => status === 'FAILED').map(needOfSession),
    ...proposed.map(needOfProposal),
    ...ofAlerts.map(needOfAlert),
    ...sessions.filter(({ status }) => status !== 'FAILED').map(needOfSession),
    ...(failed > 0 ? [needOfFailed(failed)] : []),
  ]
}

const needOfSession = ({ name, status, sentence, userAction, since }: Session): Need => ({
  key: `session:${name}`,
  href: to(['sessions', name]),
  name,
  kind: t(`statusOf.${status}`),
  tone: status === 'FAILED' ? 'bad' : 'warn',
  sentence,
  userAction,
  since,
})

const needOfProposal = (action: Loaded['proposed'][number]): Need => ({
  key: action.id,
  href: to(['recoveries', action.id]),
  name: (action.state === 'damaged' ? null : (action.session ?? action.targetRunner)) ?? action.id,
  kind: t('toApprove'),
  tone: 'warn',
  sentence: action.state === 'damaged' ? action.result.sentence : action.why,
  userAction: null,
  since: action.requestedAt,
})

const needOfAlert = ({ id, type, severity, session, sentence, userAction, firstSeenAt }: Loaded['alerts'][number]): Need => ({
  key: id,
  href: placeOf(type) ?? to(['alerts']),
  name: session ?? alertName(type),
  kind: t(`severity.${severity}`),
  tone: severity === 'critical' ? 'bad' : 'warn',
  sentence,
  userAction,
  since: firstSeenAt,
})

const needOfFailed = (failed: number): Need => ({
  key: 'failed',
  href: to(['queue']),
  name: t('failedMessages'),
  kind: t('message.failed'),
  tone: 'warn',
  sentence: count('messagesFailed', failed),
  userAction: null,
  since: null,
})
