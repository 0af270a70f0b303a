/** What a metric is. `docs/METRICS.md` lists them all from here, and nothing can be shown that is not here. */
export interface MetricEntry {
  readonly help: string
  readonly unit: Unit
  readonly source: Source
  /** Its labels, each with what its values are. Never a name of anybody, except where a request asks for it. */
  readonly labels?: Readonly<Record<string, string>>
}

/** In the words of UCUM, as OpenTelemetry and Google write units. */
export type Unit =
  | '1'
  | '%'
  | 's'
  | 'By'
  | '{session}'
  | '{message}'
  | '{runner}'
  | '{alert}'
  | '{recovery}'
  | '{step}'
  | '{code}'
  | '{operation}'

/** Where a figure comes from. */
export type Source = 'this API' | 'heartbeats' | 'the queue' | 'the sweep' | 'totals of runners' | 'operations of runners'

const sessions = (help: string): MetricEntry => ({ help, unit: '{session}', source: 'heartbeats' })
const recoveries = (help: string): MetricEntry => ({ help, unit: '{recovery}', source: 'totals of runners' })
const operations = (help: string, unit: Unit = '{operation}'): MetricEntry => ({ help, unit, source: 'operations of runners' })

/** The gauges, by their names without `holdfast_`. */
export const GAUGES = {
  info: { help: 'The version of the API. Always 1.', unit: '1', source: 'this API', labels: { version: 'a version' } },
  health_status: {
    help: 'The status of GET /health: 1 for the one that applies.',
    unit: '1',
    source: 'heartbeats',
    labels: { status: 'a status of health' },
  },
  problem: {
    help: 'A problem of GET /health: 1 while it lasts.',
    unit: '1',
    source: 'heartbeats',
    labels: { code: 'a problem of health' },
  },
  messages: {
    help: 'Messages in the queue, on the wire, and failed.',
    unit: '{message}',
    source: 'the queue',
    labels: { state: '`waiting`, `active`, `failed`' },
  },
  runners: {
    help: 'Runners by state.',
    unit: '{runner}',
    source: 'heartbeats',
    labels: { state: '`active`, `draining`, `dead`' },
  },
  runner_cpu_percent_max: { help: 'The highest use of CPU of a live runner.', unit: '%', source: 'heartbeats' },
  runner_memory_percent_max: { help: 'The highest use of memory of a live runner.', unit: '%', source: 'heartbeats' },
  sessions: sessions('Sessions.'),
  sessions_wanted: sessions('Sessions that are wanted online.'),
  sessions_connected: sessions('Sessions that are connected.'),
  sessions_failed: sessions('Sessions that wait for an operator.'),
  sessions_recovering: sessions('Sessions that are on the way to a connection.'),
  sessions_pairing: sessions('Sessions that wait for a phone to scan.'),
  sessions_unplaced: sessions('Sessions that are wanted online without a live runner.'),
  capacity_sessions: sessions('Places for sessions on active runners.'),
  outage: {
    help: 'Where an outage lies: 1 for the verdict that applies.',
    unit: '1',
    source: 'heartbeats',
    labels: { verdict: 'a verdict on outages' },
  },
  availability_ratio: {
    help: 'Share of the time for which sessions were connected while they should have been.',
    unit: '1',
    source: 'the sweep',
    labels: { window: '`today`, `31d`' },
  },
  session_availability_ratio: {
    help: 'Availability this month of the sessions that were down for longest.',
    unit: '1',
    source: 'the sweep',
    labels: { session: 'the id of a session, with `?sessions=` only' },
  },
  alerts_open: { help: 'Alerts that are not resolved.', unit: '{alert}', source: 'the sweep' },
  alerts_critical_open: { help: 'Critical alerts that are not resolved.', unit: '{alert}', source: 'the sweep' },
  sweep_last_run_timestamp_seconds: {
    help: 'When the sweep last wrote the health of the fleet.',
    unit: 's',
    source: 'the sweep',
  },
} as const satisfies Readonly<Record<string, MetricEntry>>

export type GaugeName = keyof typeof GAUGES

/** The counters, by their names without `holdfast_` and `_total`. None has labels. */
export const COUNTERS: Readonly<Record<string, MetricEntry>> = {
  recoveries_started: recoveries('Recoveries that runners began.'),
  recoveries_succeeded: recoveries('Recoveries that brought the connection back.'),
  recoveries_failed: recoveries('Recoveries that ended without a connection.'),
  recoveries_vetoed: recoveries('Recoveries that were not performed, because they would have done harm.'),
  recovery_steps: { help: 'Steps of recoveries.', unit: '{step}', source: 'totals of runners' },
  deaf_sessions_found: {
    help: 'Sessions whose open connection let nothing through.',
    unit: '{session}',
    source: 'totals of runners',
  },
  qr_codes_shown: { help: 'QR codes that phones were asked to scan.', unit: '{code}', source: 'totals of runners' },
  reconnects: { help: 'Connections after a lost one.', unit: '{session}', source: 'totals of runners' },
  document_reads: operations('Documents of Firestore that runners read.'),
  document_writes: operations('Documents of Firestore that runners wrote.'),
  document_deletes: operations('Documents of Firestore that runners deleted.'),
  object_creates: operations('Objects of Cloud Storage that runners created.'),
  object_reads: operations('Objects of Cloud Storage that runners read.'),
  object_lists: operations('Lists of objects of Cloud Storage that runners asked for.'),
  object_bytes_written: operations('Bytes that runners wrote to Cloud Storage.', 'By'),
  object_bytes_read: operations('Bytes that runners read from Cloud Storage.', 'By'),
  task_creates: operations('Tasks of Cloud Tasks that runners made.'),
}

/** `documentReads` → `document_reads`: the name of a counter for what a heartbeat counts under another one. */
export const counterNameOf = (counted: string): string =>
  counted.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll(/\W/g, '_')
