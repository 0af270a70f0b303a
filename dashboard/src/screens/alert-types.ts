import type { Tenant } from '@holdfast/client/types'
import { isOperator } from '../api/sign-in.ts'
import { t } from '../language/language.ts'
import { to } from '../platform/route.ts'

type AlertType = NonNullable<NonNullable<NonNullable<Tenant['config']['alerts']>['channels']>[number]['types']>[number]

/** What an alert is called. Each type that the API has now has a name, or this is an error; one of a later version is called by its code. */
export function alertName(type: string): string {
  const key = `alertOf.${type as AlertType}` as const
  const name = t(key)
  return name === key ? type : name
}

/** The screens where what alerts tell of is dealt with. An alert of one session names it beside. */
const PLACES: Readonly<Record<string, () => string>> = {
  'dead-letter': () => to(['queue']),
  'queue-depth': () => to(['queue'], { status: 'pending' }),
  'webhook-failing': () => to(['webhooks'], { status: 'dead' }),
  'approval-needed': () => to(['recoveries'], { state: 'proposed' }),
  'recovery-failed': () => to(['recoveries'], { state: 'failed' }),
  'health-changed': () => to([]),
}

const OF_RUNNERS: ReadonlySet<string> = new Set(['crash-loop', 'runner-lost', 'runners-missing', 'cpu-high', 'memory-high'])

/** Null where there is no such screen for this person. */
export function placeOf(type: string): string | null {
  if (OF_RUNNERS.has(type)) return isOperator() ? to(['runners']) : null
  return PLACES[type]?.() ?? null
}
