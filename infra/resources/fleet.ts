import { databaseUrl } from './database.ts'
import { at, isFields, listAt, textAt } from './fields.ts'
import type { Read } from './resource.ts'
import type { Target } from './target.ts'

/** Reads of what the runners do, and of how their sessions are. Nothing here is set up by the deployment. */

/** Rows with a document and the time of the read; a row without a document if there is none. */
export const runnersRead = ({ project }: Target): Read => ({
  url: `${databaseUrl(project)}/documents:runQuery`,
  method: 'POST',
  body: { structuredQuery: { from: [{ collectionId: 'runners' }], limit: 1000 } },
})

const SESSIONS = 'whatsapp_connection_states'

/** The number of sessions that are wanted online and have no owner. */
export const unownedRead = (target: Target): Read => countRead(target, [WANTED, UNOWNED])

/** The number of those of them that no runner takes before an operator has helped. */
export const helplessRead = (target: Target): Read => countRead(target, [WANTED, UNOWNED, equal('state', 'NEEDS_ATTENTION')])

const equal = (fieldPath: string, stringValue: string) => ({
  fieldFilter: { field: { fieldPath }, op: 'EQUAL', value: { stringValue } },
})
const WANTED = equal('wanted', 'online')
const UNOWNED = { unaryFilter: { field: { fieldPath: 'runnerId' }, op: 'IS_NULL' } }

const countRead = ({ project }: Target, filters: readonly object[]): Read => ({
  url: `${databaseUrl(project)}/documents:runAggregationQuery`,
  method: 'POST',
  body: {
    structuredAggregationQuery: {
      structuredQuery: { from: [{ collectionId: SESSIONS }], where: { compositeFilter: { op: 'AND', filters } } },
      aggregations: [{ alias: 'count', count: {} }],
    },
  },
})

export function countIn(answer: unknown): number {
  const [row] = Array.isArray(answer) ? (answer as readonly unknown[]) : []
  return Number(textAt(row, 'result', 'aggregateFields', 'count', 'integerValue') ?? Number.NaN)
}

/** Log lines of runners since a time (ISO 8601) about lost sessions and about ends by themselves. */
export const troubleRead = ({ project }: Target, since: string): Read => ({
  url: 'https://logging.googleapis.com/v2/entries:list',
  method: 'POST',
  body: {
    resourceNames: [`projects/${project}`],
    filter: `resource.type="cloud_run_worker_pool" AND timestamp>="${since}" AND (jsonPayload.error.code="fenced" OR jsonPayload.exitCode>0)`,
    pageSize: 1000,
  },
  // A second page would not change what follows from the first.
  onePage: true,
})

/** Counts the lines about lost sessions, and those about ends of runners of a revision. */
export function troubleIn(answer: unknown, revision: string): { fences: number; ends: number } {
  const entries = listAt(answer, 'entries')
  const fences = entries.filter((entry) => textAt(entry, 'jsonPayload', 'error', 'code') === 'fenced').length
  const ends = entries.filter(
    (entry) =>
      Number(at(entry, 'jsonPayload', 'exitCode') ?? 0) > 0 && textAt(entry, 'resource', 'labels', 'revision_name') === revision,
  ).length
  return { fences, ends }
}

/** A row of the list of runners. */
export interface RunnerRow {
  readonly readTime: string
  readonly silentForMs: number
  readonly fields: Readonly<Record<string, unknown>>
}

export function runnerRows(answer: unknown): readonly RunnerRow[] {
  const rows = Array.isArray(answer) ? answer.filter((row) => isFields(row) && row['document'] !== undefined) : []
  return rows.map((row) => {
    const readTime = textAt(row, 'readTime') ?? ''
    const silentForMs = Date.parse(readTime) - Date.parse(textAt(row, 'document', 'updateTime') ?? '')
    return { readTime, silentForMs, fields: plainFields(at(row, 'document', 'fields')) }
  })
}

/** Turns typed values of Firestore's REST API into plain ones. Numbers come as texts. */
function plainFields(fields: unknown): Readonly<Record<string, unknown>> {
  if (!isFields(fields)) return {}
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]))
}

function plain(value: unknown): unknown {
  if (!isFields(value)) return undefined
  if ('mapValue' in value) return plainFields(at(value, 'mapValue', 'fields'))
  if ('integerValue' in value) return Number(value['integerValue'])
  if ('nullValue' in value) return null
  return Object.values(value)[0]
}
