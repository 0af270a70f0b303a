import type { AlertDocument, NoticeKind } from '@holdfast/core/operations/alert-document'
import { ALERT_TYPES, type AlertType } from '@holdfast/core/operations/alert-document'
import { DESCRIBED_TYPES } from '@holdfast/core/operations/alert-types'

/** A notice for people, in plain text that reads well on a phone. */
export interface NoticeText {
  /** One line: what, and to whom. */
  readonly headline: string
  /** The whole text, the headline first. */
  readonly text: string
}

/** A notice with all that channels need. */
export interface Notice extends NoticeText {
  /** The same whenever the notice is sent again. */
  readonly id: string
  /** For programs. Has no secrets, texts of messages or numbers of phones. */
  readonly payload: object
  /** Notices of one alert have the same: on a phone the newest takes the place of the one before. */
  readonly alert: string
  readonly isUrgent: boolean
}

interface Told {
  readonly kind: NoticeKind
  /** An IANA name. */
  readonly timeZone: string
  readonly nowMs: number
  /** Where docs/RUNBOOK.md can be read. */
  readonly runbookUrl: string
}

type Shown = Pick<
  AlertDocument,
  'type' | 'scope' | 'tenant' | 'severity' | 'sentence' | 'userAction' | 'done' | 'runbook' | 'firstSeenAt' | 'members'
>

/** How many sessions a notice of a group names. */
const NAMED = 5

export function noticeText(alert: Shown, { kind, timeZone, nowMs, runbookUrl }: Told): NoticeText {
  const headline = `${wordOf(kind, alert)} ${titleOf(alert.type)}: ${subjectOf(alert)}`
  const lasted = durationOf(nowMs - alert.firstSeenAt.getTime())
  const since = `${localTime(alert.firstSeenAt, timeZone)} (${timeZone})`
  const lines =
    kind === 'resolved'
      ? [`It is over. It lasted ${lasted}, since ${since}.`, `It was: ${alert.sentence}`]
      : [
          alert.sentence,
          membersOf(alert),
          alert.done === null ? null : `Done by Holdfast: ${alert.done}`,
          `To do: ${alert.userAction ?? 'nothing now; it ends by itself.'}`,
          kind === 'reminded' ? `Open for ${lasted}, since ${since}.` : `Since ${since}.`,
          alert.runbook === null ? null : `Runbook: ${runbookUrl}#${alert.runbook}`,
        ]
  return { headline, text: [headline, ...lines.filter((line) => line !== null)].join('\n') }
}

const wordOf = (kind: NoticeKind, { severity }: Shown): string => {
  if (kind === 'resolved') return 'RESOLVED'
  return kind === 'reminded' ? `STILL OPEN (${severity})` : severity.toUpperCase()
}

const titleOf = (type: string): string =>
  (ALERT_TYPES as readonly string[]).includes(type) ? DESCRIBED_TYPES[type as AlertType].title : type

function subjectOf({ scope, tenant }: Shown): string {
  if (tenant !== null && scope.startsWith(`${tenant}.`)) {
    const name = scope.slice(tenant.length + 1)
    return tenant === 'default' ? `session ${name}` : `session ${name} of ${tenant}`
  }
  return tenant === null || tenant === scope || tenant === 'default' ? scope : `${scope} of ${tenant}`
}

function membersOf({ members }: Shown): string | null {
  if (members.length === 0) return null
  const more = members.length > NAMED ? ', …' : ''
  return `Sessions: ${members.slice(0, NAMED).join(', ')}${more}`
}

const localTime = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
    .format(at)
    .replace(',', '')

const MINUTE_MS = 60_000
const UNITS = [
  ['d', 24 * 60],
  ['h', 60],
  ['min', 1],
] as const

/** Writes a duration with its two largest units: `1 h 5 min`. */
function durationOf(ms: number): string {
  let minutes = Math.floor(ms / MINUTE_MS)
  if (minutes < 1) return 'less than a minute'
  const parts: string[] = []
  for (const [unit, length] of UNITS) {
    const number = Math.floor(minutes / length)
    minutes -= number * length
    if (number > 0) parts.push(`${number} ${unit}`)
  }
  return parts.slice(0, 2).join(' ')
}
