import type { Platform } from '../environment/environment.ts'

/** What is measured and watched, as data. Filters are in the language of Cloud Monitoring and Cloud Logging. */

/** Stands for the runners in a filter of Cloud Monitoring, which takes one kind of thing. `filtersOf` says which kind they are. */
const RUNNERS = '<the runners>'

const RUNNERS_OF: Readonly<Record<Platform, string>> = {
  'worker-pool': 'resource.type="cloud_run_worker_pool"',
  service: 'resource.type="cloud_run_revision" AND resource.labels.service_name="holdfast-runner"',
}

/** The runners in the logs, whatever they are: while sessions move to another platform, those of both count. */
const IN_LOGS = `(${RUNNERS_OF['worker-pool']} OR (${RUNNERS_OF.service}))`

interface LogMetric {
  readonly description: string
  readonly filter: string
}

/** Metrics by their names. Each counts lines of the log; docs/ARCHITECTURE.md, "Logs", has the fields. */
export const metricFilters: Readonly<Record<string, LogMetric>> = {
  holdfast_heartbeats: {
    description: 'Minutes in which a runner was at work.',
    filter: `${IN_LOGS} AND jsonPayload.event="heartbeat"`,
  },
  holdfast_fences: {
    description: 'Sessions that a runner lost to another one without handing them over.',
    filter: `${IN_LOGS} AND jsonPayload.error.code="fenced"`,
  },
  holdfast_early_ends: {
    description: 'Runners that ended by themselves: wrong configuration, crash, or memory at its limit.',
    filter: `${IN_LOGS} AND jsonPayload.exitCode>0`,
  },
  holdfast_dropped_spans: {
    description: 'Minutes in which a runner dropped spans of traces, because they came faster than their end point took them.',
    filter: `${IN_LOGS} AND jsonPayload.event="spans-dropped"`,
  },
}

/** The API, as a function and as a server. */
const API = 'resource.type="cloud_run_revision" AND resource.labels.service_name=one_of("api","holdfast-api")'

const counted = (name: string) => `metric.type="logging.googleapis.com/user/${name}" AND ${RUNNERS}`

export interface Signal {
  /** The heading of docs/RUNBOOK.md. */
  readonly title: string
  /** What it means and what to do, in a sentence. It is part of the message to the operators. */
  readonly meaning: string
  readonly condition: object
}

const MINUTE = { alignmentPeriod: '60s' }

/** Alert policies by their labels. */
export const SIGNALS: Readonly<Record<string, Signal>> = {
  'no-heartbeat': {
    title: 'No runner is heard',
    meaning:
      'No runner has been at work for five minutes, so that no message is sent or received. Look at the worker pool or the service.',
    condition: {
      displayName: 'no heartbeat for five minutes',
      conditionAbsent: {
        filter: counted('holdfast_heartbeats'),
        duration: '300s',
        aggregations: [{ ...MINUTE, perSeriesAligner: 'ALIGN_SUM', crossSeriesReducer: 'REDUCE_SUM' }],
      },
    },
  },
  'runner-memory': {
    title: 'A runner is short of memory',
    meaning: 'A runner has used more than 85 % of its memory for five minutes. It hands its sessions over at 90 %.',
    condition: {
      displayName: 'memory above 85 %',
      conditionThreshold: {
        filter: `metric.type="run.googleapis.com/container/memory/utilizations" AND ${RUNNERS}`,
        comparison: 'COMPARISON_GT',
        thresholdValue: 0.85,
        duration: '300s',
        aggregations: [{ ...MINUTE, perSeriesAligner: 'ALIGN_PERCENTILE_99', crossSeriesReducer: 'REDUCE_MAX' }],
      },
    },
  },
  'early-ends': {
    title: 'Runners end by themselves',
    meaning: 'A runner ended three times in ten minutes without being asked. The exit code in its log says why.',
    condition: {
      displayName: 'three ends in ten minutes',
      conditionThreshold: {
        filter: counted('holdfast_early_ends'),
        comparison: 'COMPARISON_GT',
        thresholdValue: 2,
        duration: '0s',
        aggregations: [{ alignmentPeriod: '600s', perSeriesAligner: 'ALIGN_SUM', crossSeriesReducer: 'REDUCE_SUM' }],
      },
    },
  },
  fences: {
    title: 'Runners lose sessions to each other',
    meaning:
      'More than ten sessions in ten minutes changed their owner without a hand-over. Nothing is lost by that; runners die or hang.',
    condition: {
      displayName: 'ten fences in ten minutes',
      conditionThreshold: {
        filter: counted('holdfast_fences'),
        comparison: 'COMPARISON_GT',
        thresholdValue: 10,
        duration: '0s',
        aggregations: [{ alignmentPeriod: '600s', perSeriesAligner: 'ALIGN_SUM', crossSeriesReducer: 'REDUCE_SUM' }],
      },
    },
  },
  'dropped-spans': {
    title: 'Spans of traces are dropped',
    meaning: 'A runner has dropped spans in ten minutes of the last half hour. Messages go on; their traces have holes.',
    condition: {
      displayName: 'ten minutes with dropped spans in half an hour',
      conditionThreshold: {
        filter: counted('holdfast_dropped_spans'),
        comparison: 'COMPARISON_GT',
        thresholdValue: 9,
        duration: '0s',
        aggregations: [{ alignmentPeriod: '1800s', perSeriesAligner: 'ALIGN_SUM', crossSeriesReducer: 'REDUCE_SUM' }],
      },
    },
  },
  'no-sweep': {
    title: 'The sweep does not run',
    meaning: 'The schedule `sweep` has not run for ten minutes. Messages whose task was lost wait until it does.',
    condition: {
      displayName: 'no sweep for ten minutes',
      conditionAbsent: {
        filter:
          'metric.type="run.googleapis.com/request_count" AND resource.type="cloud_run_revision" AND resource.labels.service_name="sweep" AND metric.labels.response_code_class="2xx"',
        duration: '600s',
        aggregations: [{ ...MINUTE, perSeriesAligner: 'ALIGN_SUM', crossSeriesReducer: 'REDUCE_SUM' }],
      },
    },
  },
  'api-errors': {
    title: 'The API fails',
    meaning:
      'The API has answered 5xx to more than one request in a second for five minutes. `GET /health` says which store is away.',
    condition: {
      displayName: 'one 5xx in a second',
      conditionThreshold: {
        filter:
          'metric.type="run.googleapis.com/request_count" AND resource.type="cloud_run_revision" AND resource.labels.service_name=one_of("api","holdfast-api") AND metric.labels.response_code_class="5xx"',
        comparison: 'COMPARISON_GT',
        thresholdValue: 1,
        duration: '300s',
        aggregations: [{ ...MINUTE, perSeriesAligner: 'ALIGN_RATE', crossSeriesReducer: 'REDUCE_SUM' }],
      },
    },
  },
  'tasks-wait': {
    title: 'Tasks wait',
    meaning:
      'A task of the queue has been tried again and again for fifteen minutes. The log of the function `retries` says why it fails.',
    condition: {
      displayName: 'failed attempts for fifteen minutes',
      conditionThreshold: {
        filter:
          'metric.type="cloudtasks.googleapis.com/queue/task_attempt_count" AND resource.type="cloud_tasks_queue" AND metric.labels.response_code!="200" AND metric.labels.response_code!="204"',
        comparison: 'COMPARISON_GT',
        thresholdValue: 0,
        duration: '900s',
        aggregations: [{ alignmentPeriod: '300s', perSeriesAligner: 'ALIGN_SUM', crossSeriesReducer: 'REDUCE_SUM' }],
      },
    },
  },
}

interface Chart {
  readonly title: string
  readonly filter: string
  readonly aligner: string
  readonly reducer: string
}

/** The charts of the dashboard. */
export const CHARTS: readonly Chart[] = [
  { title: 'Runners at work', filter: counted('holdfast_heartbeats'), aligner: 'ALIGN_SUM', reducer: 'REDUCE_SUM' },
  { title: 'Sessions lost to another runner', filter: counted('holdfast_fences'), aligner: 'ALIGN_SUM', reducer: 'REDUCE_SUM' },
  {
    title: 'Runners that ended by themselves',
    filter: counted('holdfast_early_ends'),
    aligner: 'ALIGN_SUM',
    reducer: 'REDUCE_SUM',
  },
  {
    title: 'Minutes in which spans of traces were dropped',
    filter: counted('holdfast_dropped_spans'),
    aligner: 'ALIGN_SUM',
    reducer: 'REDUCE_SUM',
  },
  {
    title: 'CPU of runners',
    filter: `metric.type="run.googleapis.com/container/cpu/utilizations" AND ${RUNNERS}`,
    aligner: 'ALIGN_PERCENTILE_99',
    reducer: 'REDUCE_MAX',
  },
  {
    title: 'Memory of runners',
    filter: `metric.type="run.googleapis.com/container/memory/utilizations" AND ${RUNNERS}`,
    aligner: 'ALIGN_PERCENTILE_99',
    reducer: 'REDUCE_MAX',
  },
  {
    title: 'Requests of the API',
    filter:
      'metric.type="run.googleapis.com/request_count" AND resource.type="cloud_run_revision" AND resource.labels.service_name=one_of("api","holdfast-api")',
    aligner: 'ALIGN_RATE',
    reducer: 'REDUCE_SUM',
  },
  {
    title: 'Errors of the API',
    filter: `metric.type="run.googleapis.com/request_count" AND ${API} AND metric.labels.response_code_class="5xx"`,
    aligner: 'ALIGN_RATE',
    reducer: 'REDUCE_SUM',
  },
  {
    title: 'Time of answers of the API, 95 of 100',
    filter: `metric.type="run.googleapis.com/request_latencies" AND ${API}`,
    aligner: 'ALIGN_PERCENTILE_95',
    reducer: 'REDUCE_MAX',
  },
  {
    title: 'Waiting tasks',
    filter: 'metric.type="cloudtasks.googleapis.com/queue/depth" AND resource.type="cloud_tasks_queue"',
    aligner: 'ALIGN_MEAN',
    reducer: 'REDUCE_SUM',
  },
  {
    title: 'Writes to Firestore',
    filter: 'metric.type="firestore.googleapis.com/document/write_ops_count" AND resource.type="firestore_instance"',
    aligner: 'ALIGN_RATE',
    reducer: 'REDUCE_SUM',
  },
  {
    title: 'Reads of Firestore',
    filter: 'metric.type="firestore.googleapis.com/document/read_ops_count" AND resource.type="firestore_instance"',
    aligner: 'ALIGN_RATE',
    reducer: 'REDUCE_SUM',
  },
  {
    title: 'Failed attempts of tasks',
    filter:
      'metric.type="cloudtasks.googleapis.com/queue/task_attempt_count" AND resource.type="cloud_tasks_queue" AND metric.labels.response_code!="200" AND metric.labels.response_code!="204"',
    aligner: 'ALIGN_SUM',
    reducer: 'REDUCE_SUM',
  },
]

/** Returns conditions or a chart with the filters that mean the runners of this platform. */
export function filtersOf<Shape>(platform: Platform, shape: Shape): Shape {
  if (typeof shape === 'string') return shape.replaceAll(RUNNERS, RUNNERS_OF[platform]) as Shape
  if (Array.isArray(shape)) return shape.map((one: unknown) => filtersOf(platform, one)) as Shape
  if (typeof shape !== 'object' || shape === null) return shape
  return Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, filtersOf(platform, value as unknown)])) as Shape
}

/** What is watched besides when Google logs who reads data: people who read a secret. Deployments and processes are accounts of services. */
export const AUDIT_METRICS: Readonly<Record<string, LogMetric>> = {
  holdfast_secret_reads: {
    description: 'Secrets that a person has read.',
    filter:
      'protoPayload.serviceName="secretmanager.googleapis.com" AND protoPayload.methodName:"AccessSecretVersion" AND NOT protoPayload.authenticationInfo.principalEmail:"gserviceaccount.com"',
  },
}

export const AUDIT_SIGNALS: Readonly<Record<string, Signal>> = {
  'secret-read': {
    title: 'A person has read a secret',
    meaning: 'Somebody has read a secret of the project. The audit log says who, which one, and from where.',
    condition: {
      displayName: 'a read of a secret by a person',
      conditionThreshold: {
        filter: 'metric.type="logging.googleapis.com/user/holdfast_secret_reads" AND resource.type="audited_resource"',
        comparison: 'COMPARISON_GT',
        thresholdValue: 0,
        duration: '0s',
        aggregations: [{ ...MINUTE, perSeriesAligner: 'ALIGN_SUM', crossSeriesReducer: 'REDUCE_SUM' }],
      },
    },
  },
}
