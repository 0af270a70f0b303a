import { COUNTERS, GAUGES, type MetricEntry, type Source } from '../functions/src/use-cases/metrics/catalogue.ts'
import { AUDIT_METRICS, AUDIT_SIGNALS, CHARTS, metricFilters, SIGNALS } from '../infra/resources/signals.ts'

/** Makes the tables of `docs/METRICS.md` from the metrics that there are. */

const SOURCES: Readonly<Record<Source, string>> = {
  'this API': 'the process that answers',
  heartbeats: '`runners/{id}` and the sessions that nobody reports',
  'the queue': '`message_queue_jobs`',
  'the sweep': '`health_status/fleet`, `fleet_history/…`',
  'totals of runners': '`totals` of heartbeats, summed up by the sweep',
  'operations of runners': '`operations` of heartbeats, summed up by the sweep',
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const rowOf = (name: string, type: string, { help, unit, labels = {}, source }: MetricEntry): string[] => [
  `\`holdfast_${name}\``,
  type,
  `\`${unit}\``,
  Object.entries(labels)
    .map(([label, values]) => `\`${label}\`: ${values}`)
    .join('; '),
  help,
  SOURCES[source],
]

/** The names of all metrics of `GET /metrics`. */
export const PROMETHEUS_NAMES: ReadonlySet<string> = new Set([
  ...Object.keys(GAUGES).map((name) => `holdfast_${name}`),
  ...Object.keys(COUNTERS).map((name) => `holdfast_${name}_total`),
])

const ofPrometheus = (): string =>
  table(
    ['metric', 'type', 'unit', 'labels', 'meaning', 'comes from'],
    [
      ...Object.entries<MetricEntry>(GAUGES).map(([name, entry]) => rowOf(name, 'gauge', entry)),
      ...Object.entries(COUNTERS).map(([name, entry]) => rowOf(`${name}_total`, 'counter', entry)),
    ],
  )

/** The metrics that Cloud Logging counts for a deployment. */
export const LOG_METRICS = { ...metricFilters, ...AUDIT_METRICS }

const ofLogs = (): string =>
  table(
    ['metric', 'type', 'unit', 'labels', 'meaning', 'comes from'],
    Object.entries(LOG_METRICS).map(([name, { description, filter }]) => [
      `\`logging.googleapis.com/user/${name}\``,
      'counter',
      '`1`',
      '',
      description,
      `lines of the log: \`${filter.split(' AND ').at(-1)}\`${name in AUDIT_METRICS ? ', with `audit.dataAccess` only' : ''}`,
    ]),
  )

/** Metrics that Google measures by itself, with who looks at them. */
function ofGoogle(): string {
  const uses = [
    ...CHARTS.map((chart) => ({ by: `chart "${chart.title}"`, in: JSON.stringify(chart) })),
    ...Object.values({ ...SIGNALS, ...AUDIT_SIGNALS }).map((signal) => ({
      by: `alert "${signal.title}"`,
      in: JSON.stringify(signal.condition),
    })),
  ].flatMap(({ by, in: text }) => metricTypesIn(text).map((metric) => ({ by, metric })))
  const google = uses.filter(({ metric }) => !metric.startsWith('logging.googleapis.com/user/'))
  const rows = [...Map.groupBy(google, ({ metric }) => metric)].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return table(
    ['metric of Google', 'who looks at it'],
    rows.map(([metric, by]) => [`\`${metric}\``, [...new Set(by.map((use) => use.by))].join(', ')]),
  )
}

/** The types of metrics that filters of Cloud Monitoring name. */
export const metricTypesIn = (text: string): string[] =>
  [...text.matchAll(/metric\.type=\\?"([^"\\]+)/g)].map(([, type = '']) => type)

const TABLES = { prometheus: ofPrometheus, logs: ofLogs, google: ofGoogle }

/** Returns the page with its tables as they have to be. */
export function withTables(page: string): string {
  return Object.entries(TABLES).reduce((text, [name, make]) => {
    const place = new RegExp(`(<!-- metrics: ${name} -->\\n)[^]*(<!-- /metrics: ${name} -->)`)
    if (!place.test(text)) throw new Error(`docs/METRICS.md has no place for the table "${name}".`)
    return text.replace(place, (_, begin: string, end: string) => `${begin}\n${make()}\n\n${end}`)
  }, page)
}
