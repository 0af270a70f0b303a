import type { Change, Fields, Query, Task } from '@holdfast/core/platform/ports'
import type { TimerName } from '@holdfast/core/platform/timers'

// Names the points. A commit has several names: one for its record and one for each kind of document in it. So the set of points
// does not depend on the grouping of changes into commits.

const NAMES: Readonly<Record<string, string>> = {
  whatsapp_connection_states: 'session',
  message_queue_jobs: 'job',
  messages: 'message',
  runners: 'runner',
  session_keys: 'session key',
  recovery_actions: 'recovery action',
  health_alerts: 'alert',
  store_checks: 'store check',
  parked_stanzas: 'parked stanza',
  backups: 'backup',
  tenants: 'tenant',
}

const nameOf = (collection: string): string => NAMES[collection] ?? collection

/** Returns the name of a document's collection. */
const kindOf = (path: string): string => nameOf(path.split('/').at(-2) ?? path)

export function namesOfCommit(changes: readonly Change[]): string[] {
  const record = changes.find(({ kind, path }) => kind === 'create' && kindOf(path) === 'journal')
  const names = new Set<string>()
  if (record && 'fields' in record) {
    const what = `commit ${String(record.fields['kind'])} record`
    names.add(what)
    for (const { path } of changes) if (kindOf(path) !== 'journal') names.add(`${what} with ${kindOf(path)}`)
    for (const { fields } of changes.filter(isOfWaitingJob)) names.add(`${what} with waiting job: ${aimOf(fields)}`)
  } else {
    for (const { kind, path } of changes) names.add(`commit ${kind} ${kindOf(path)}`)
  }
  return [...names]
}

type Update = Extract<Change, { kind: 'update' }>

/** Whether the change is of a job that others may change, too, and therefore is made in a known version only. */
const isOfWaitingJob = (change: Change): change is Update =>
  change.kind === 'update' && change.unlessChangedSince !== undefined && kindOf(change.path) === 'job'

/** Names what becomes of a waiting job: its next status, or else the field that is written. */
const aimOf = (fields: Fields): string =>
  typeof fields['status'] === 'string' ? fields['status'] : Object.keys(fields).join(', ')

export const nameOfTask = ({ queue }: Pick<Task, 'queue'>): string => `task ${queue}`

export const nameOfRead = (path: string): string => `read ${kindOf(path)}`

const collectionOf = ({ collection }: Query): string => nameOf(collection.split('/').at(-1) ?? collection)

const conditionsOf = ({ where = [] }: Query): string =>
  where.length === 0 ? '' : ` by ${[...new Set(where.map(([field]) => field))].join(', ')}`

export const nameOfQuery = (query: Query): string => `query ${collectionOf(query)}${conditionsOf(query)}`

/** Names a delivery of a listener. */
export const nameOfNews = (query: Query): string => `listen ${collectionOf(query)}${conditionsOf(query)}`

const OBJECTS: readonly (readonly [name: RegExp, label: string])[] = [
  [/^checks\//, 'store check'],
  [/^media\//, 'medium'],
  [/^sessions\/[^/]+\/archive\//, 'archive'],
]

export const nameOfObject = (what: 'create' | 'read' | 'list' | 'measure', name: string): string =>
  `object ${what} ${OBJECTS.find(([names]) => names.test(name))?.[1] ?? 'checkpoint'}`

/** The first bytes of an object have gone to the store, and more are to come. */
export const PART_OF_MEDIUM = 'part of medium'

/** The whole way of a file to WhatsApp. */
export const UPLOAD_OF_MEDIUM = 'upload medium'

/** The parts of a stanza that its name needs. */
export interface NamedNode {
  tag: string
  attrs: Readonly<Record<string, string | undefined>>
  content?: unknown
}

export function nameOfFrame(direction: 'in' | 'out', node: NamedNode | null): string {
  if (!node) return `frame ${direction} handshake`
  const { tag, attrs, content } = node
  const inner = Array.isArray(content) ? (content as NamedNode[]).find((child) => typeof child.tag === 'string')?.tag : undefined
  const details = {
    iq: [attrs['type'], attrs['xmlns'], inner],
    receipt: [attrs['type'] ?? 'delivery'],
    ack: ['of', attrs['class'], attrs['error'] === undefined ? undefined : 'with error'],
    notification: [attrs['type']],
    ib: [inner],
  }[tag]
  return ['frame', direction, tag, ...(details ?? [])].filter((word) => word !== undefined).join(' ')
}

export const nameOfTimer = (name: TimerName): `timer ${TimerName}` => `timer ${name}`
