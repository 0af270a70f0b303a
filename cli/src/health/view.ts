import stringWidth from 'string-width'
import type { Context } from '../context.ts'
import type { Colour } from '../output/paint.ts'
import { plain } from '../output/plain.ts'
import { type Cell, wrap } from '../output/table.ts'
import { age, length } from '../output/time.ts'
import type { Recommendation } from './recommendations.ts'
import type { SessionSeen, Snapshot, TenantSeen } from './snapshot.ts'

export const STATUS_COLOURS = {
  STOPPED: 'dim',
  STARTING: 'yellow',
  SCAN_QR_CODE: 'cyan',
  WORKING: 'green',
  FAILED: 'red',
} as const satisfies Record<SessionSeen['status'], Colour>

export const HEALTH_COLOURS = {
  healthy: 'green',
  degraded: 'yellow',
  warning: 'yellow',
  critical: 'red',
} as const satisfies Record<Snapshot['health']['status'], Colour>

const LEVEL_COLOURS: Readonly<Record<string, Colour>> = { healthy: 'green', monitor: 'green', warning: 'yellow' }

/** The health of an installation, as lines for a terminal. */
export function healthLines(context: Context, snapshot: Snapshot, recommendations: readonly Recommendation[]): string[] {
  // A line that the terminal breaks by itself would be a line more than a redrawn picture knows of.
  return linesOf(context, snapshot, recommendations).flatMap((line) => fitted(line, context.host.stdout.columns))
}

const fitted = (line: string, columns: number | null): string[] =>
  columns !== null && stringWidth(line) > columns ? wrap(line, columns) : [line]

function linesOf(context: Context, snapshot: Snapshot, recommendations: readonly Recommendation[]): string[] {
  const { paint, url } = context
  const { health } = snapshot
  const status = paint(HEALTH_COLOURS[health.status], health.status)
  const available = health.availability === null ? '' : `, connected ${health.availability} % of 31 days`
  return [
    `${paint('bold', 'Holdfast')} ${plain(health.version)} at ${url}: ${status}${available}`,
    ...health.problems.flatMap(({ sentence }) => context.sentence(sentence, '  ')),
    '',
    ...runnerLines(context, snapshot),
    ...(health.connections === null ? ['Sessions are not known while Firestore does not answer.'] : []),
    ...snapshot.tenants.flatMap((tenant) => ['', ...tenantLines(context, tenant)]),
    ...(snapshot.notLookedAt === 0
      ? []
      : context.sentence(`Records and backups of ${snapshot.notLookedAt} more sessions were not asked for: --details NUMBER.`)),
    '',
    ...recommendationLines(context, recommendations),
  ]
}

function runnerLines(context: Context, { health, fleet }: Snapshot): string[] {
  const { paint } = context
  const runners = health.runners ?? []
  if (health.runners === null) return [`${paint('bold', 'Runners')}  not known while Firestore does not answer`]
  const room = fleet === null ? '' : `, room for ${fleet.capacity.free} more sessions`
  const more = new Map((fleet?.runners ?? []).map((runner) => [runner.id, runner]))
  const rows = runners.map((runner): Cell[] => {
    const { id, state, sessions, cpu, memory, silentForMs, version } = runner
    const capacity = more.get(id)?.capacity
    return [
      id,
      { text: state, colour: state === 'active' ? 'green' : state === 'dead' ? 'red' : 'yellow' },
      capacity === undefined ? sessions : `${sessions}/${capacity}`,
      cpu === null ? null : `${Math.round(cpu)} %`,
      memory.percentage === null ? null : `${Math.round(memory.percentage)} %`,
      `${length(silentForMs)} ago`,
      version,
    ]
  })
  const columns = [
    { title: 'RUNNER', least: 12 },
    { title: 'STATE' },
    { title: 'SESSIONS', align: 'right' as const },
    { title: 'CPU', align: 'right' as const },
    { title: 'MEMORY', align: 'right' as const },
    { title: 'HEARD', align: 'right' as const },
    { title: 'VERSION', least: 8, isOptional: true as const },
  ]
  return [`${paint('bold', 'Runners')}  ${runners.length}${room}`, ...(rows.length === 0 ? [] : context.rows(columns, rows))]
}

const WORDS = {
  WORKING: 'connected',
  STARTING: 'starting',
  SCAN_QR_CODE: 'without a phone',
  FAILED: 'failed',
  STOPPED: 'stopped',
} as const

function tenantLines(context: Context, { tenant, sessions, queue }: TenantSeen): string[] {
  const { paint } = context
  const counts = Object.entries(WORDS).flatMap(([status, word]) => {
    const number = sessions.filter((session) => session.status === status).length
    return number === 0 ? [] : [`${number} ${word}`]
  })
  const { waiting, held, scheduled, retrying, active, failed, sent, oldest } = queue
  const late = oldest === null ? '' : `, the oldest for ${length(oldest.ageMs)}`
  const figures = [
    `${waiting} waiting${late}`,
    ...(active === 0 ? [] : [`${active} on the wire`]),
    ...(held === 0 ? [] : [`${held} held back by the pace`]),
    ...(retrying === 0 ? [] : [`${retrying} to retry`]),
    ...(scheduled === 0 ? [] : [`${scheduled} for later`]),
    failed === 0 ? '0 failed' : paint('red', `${failed} failed`),
    `${sent} sent`,
  ]
  return [
    `${paint('bold', tenant === null ? 'Sessions' : `Sessions of ${plain(tenant)}`)}  ${sessions.length === 0 ? 'none' : counts.join(', ')}`,
    ...(sessions.length === 0
      ? []
      : context.rows(
          SESSION_COLUMNS,
          sessions.map((session) => sessionRow(session, context.now)),
        )),
    '',
    `${paint('bold', 'Queue')}  ${figures.join(', ')}`,
  ]
}

const SESSION_COLUMNS = [
  { title: 'SESSION', least: 10 },
  { title: 'STATUS' },
  { title: 'FOR', align: 'right' as const },
  { title: 'ACCOUNT', least: 7, isOptional: true as const },
  { title: 'RECORDS', align: 'right' as const },
  { title: 'RATING', isOptional: true as const },
  { title: 'BACKUPS', align: 'right' as const },
  { title: 'NEWEST', align: 'right' as const },
]

function sessionRow({ name, status, since, account, records, backups }: SessionSeen, now: number): Cell[] {
  return [
    name,
    { text: status, colour: STATUS_COLOURS[status] },
    age(since, now),
    account,
    records?.count ?? null,
    records === null ? null : { text: records.level, colour: LEVEL_COLOURS[records.level] ?? 'red' },
    backups?.number ?? null,
    age(backups?.newestAt, now),
  ]
}

function recommendationLines(context: Context, recommendations: readonly Recommendation[]): string[] {
  if (recommendations.length === 0) return [context.paint('green', 'Nothing needs a person.')]
  return [
    context.paint('bold', 'To do'),
    ...recommendations.flatMap(({ sentence, command }) => [
      ...context.sentence(sentence, '    ').map((line, index) => (index === 0 ? `  • ${line.trimStart()}` : line)),
      `      ${context.paint('cyan', command)}`,
    ]),
  ]
}
