import { type AlertDocument, type AlertType, alertIdOf } from '@holdfast/core/operations/alert-document'
import { DESCRIBED_TYPES, isWorse } from '@holdfast/core/operations/alert-types'
import type { WantedAlert } from './wanted-alert.ts'

/** So many alerts of one type and one cause are one alert that names their number. */
const GROUP_FROM = 10

/** A group that is open stays until fewer than this remain, so that it does not fall apart while its sessions come back. */
const GROUP_UNTIL = 3

/** How many sessions the alert of a group names. */
const NAMED = 20

export interface Grouped {
  readonly alerts: readonly WantedAlert[]
  /** The group that stands for a single alert, by the id of that alert. */
  readonly groupOf: ReadonlyMap<string, string>
}

/**
 * Puts alerts about sessions together: first those of one type on one runner, then the rest of one type. Alerts of a tenant that has
 * channels of its own are only put together with its own; all others go to the installation.
 */
export function grouped(
  alerts: readonly WantedAlert[],
  hasChannels: (tenant: string) => boolean,
  open: Pick<ReadonlyMap<string, AlertDocument>, 'has'>,
): Grouped {
  const groupOf = new Map<string, string>()
  const audienceOf = ({ session }: WantedAlert): string | null => (session && hasChannels(session.tenant) ? session.tenant : null)
  let rest = alerts.filter(({ session }) => session !== null)
  const groups: WantedAlert[] = []
  for (const causeOf of [byRunner, () => 'many']) {
    const scopeIn = (alert: WantedAlert): string => scopeOf(causeOf(alert) ?? '', audienceOf(alert))
    const caused = rest.filter((alert) => causeOf(alert) !== null)
    for (const members of Map.groupBy(caused, (alert) => `${alert.type} ${scopeIn(alert)}`).values()) {
      const [first] = members
      if (!first) continue
      const scope = scopeIn(first)
      const id = alertIdOf(first.type, scope)
      if (members.length < (open.has(id) ? GROUP_UNTIL : GROUP_FROM)) continue
      groups.push(groupAlert(first.type, scope, audienceOf(first), members))
      for (const member of members) groupOf.set(alertIdOf(member.type, member.scope), id)
    }
    rest = rest.filter(({ type, scope }) => !groupOf.has(alertIdOf(type, scope)))
  }
  return { alerts: [...alerts.filter(({ session }) => session === null), ...groups, ...rest], groupOf }
}

const byRunner = ({ session }: WantedAlert): string | null => (session?.runnerId == null ? null : `runner~${session.runnerId}`)

/** A session has no `~` in its id. */
const scopeOf = (cause: string, audience: string | null): string => (audience === null ? cause : `${cause}~${audience}`)

function groupAlert(type: AlertType, scope: string, tenant: string | null, members: readonly WantedAlert[]): WantedAlert {
  const [first] = members
  const worst = members.reduce((one, { severity }) => (isWorse(severity, one) ? severity : one), first?.severity ?? 'warning')
  const where = scope.startsWith('runner~') ? ' of one runner' : ''
  return {
    type,
    scope,
    tenant,
    severity: worst,
    sentence: `${DESCRIBED_TYPES[type].title}: ${members.length} sessions${where}. ${first?.sentence ?? ''}`,
    userAction: 'Look for one cause before anything is done to single sessions.',
    done: first?.done ?? null,
    members: members
      .map((member) => member.scope)
      .toSorted()
      .slice(0, NAMED),
    session: null,
  }
}
