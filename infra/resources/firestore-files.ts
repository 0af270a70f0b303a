import { createHash } from 'node:crypto'
import { databaseUrl } from './database.ts'
import { firebase } from './command.ts'
import { at, type Fields, listAt, textAt } from './fields.ts'
import type { Read, Resource } from './resource.ts'
import type { Target } from './target.ts'

/** The contents of `firestore.rules` and `firestore.indexes.json`. */
export interface FirestoreFiles {
  readonly rules: string
  readonly indexes: IndexFile
}

export interface IndexFile {
  readonly indexes: readonly CompositeIndex[]
  readonly fieldOverrides: readonly {
    readonly collectionGroup: string
    readonly fieldPath: string
    readonly indexes: readonly Fields[]
    readonly ttl?: boolean
  }[]
}

interface CompositeIndex {
  readonly collectionGroup: string
  readonly queryScope: string
  readonly fields: readonly Fields[]
}

/** Firestore would delete by age what nobody can make again. */
export const NEVER_WITH_TTL: readonly string[] = [
  'journal',
  'whatsapp_connection_states',
  'session_keys',
  'tenant_keys',
  'push_keys',
  'tenants',
  'api_keys',
  'pools',
]

/** Rules and indexes. firebase-tools makes them from their files, one after the other. */
export const firestoreFiles = (target: Target, files: FirestoreFiles): readonly Resource[] => [
  rules(target, files.rules),
  indexes(target, files.indexes),
]

function rules({ project }: Target, wanted: string): Resource {
  const api = 'https://firebaserules.googleapis.com/v1'
  const deploy = () => [firebase(project, 'firestore:rules')]
  return {
    id: 'rules of Firestore',
    stage: 'firestore',
    lane: 'firebase',
    reads: [{ url: `${api}/projects/${project}/releases/cloud.firestore` }, ([release]) => rulesetOf(api, release)],
    have: ([release, ruleset]) => release && { sha256: digestOf(textAt(listAt(ruleset, 'source', 'files')[0], 'content') ?? '') },
    want: () => ({ sha256: digestOf(wanted) }),
    permissions: ['firebaserules.rulesets.create', 'firebaserules.releases.create', 'firebaserules.releases.update'],
    create: deploy,
    update: deploy,
  }
}

function rulesetOf(api: string, release: unknown): Read | null {
  const name = textAt(release, 'rulesetName')
  return name === undefined ? null : { url: `${api}/${name}` }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)

/** The reads of all indexes, and of all fields with indexes or a TTL of their own. */
export const indexReads = (project: string): readonly Read[] => {
  const groups = `${databaseUrl(project)}/collectionGroups/-`
  const filter = encodeURIComponent('indexConfig.usesAncestorConfig=false OR ttlConfig:*')
  return [{ url: `${groups}/indexes?pageSize=300` }, { url: `${groups}/fields?filter=${filter}&pageSize=300` }]
}

function indexes({ project }: Target, file: IndexFile): Resource {
  const deploy = () => [firebase(project, 'firestore:indexes')]
  return {
    id: 'indexes of Firestore',
    stage: 'firestore',
    lane: 'firebase',
    reads: indexReads(project),
    have: ([composites, fields]) => presentIndexes(listAt(composites, 'indexes'), listAt(fields, 'fields')),
    want: () => ({
      ...Object.fromEntries(file.indexes.map((index) => [describe(index), 'exists'])),
      ...Object.fromEntries(
        file.fieldOverrides.map(({ collectionGroup, fieldPath, indexes, ttl = false }) => [
          `${collectionGroup}.${fieldPath}`,
          { indexes: indexes.length, ttl },
        ]),
      ),
    }),
    permissions: ['datastore.indexes.create', 'datastore.indexes.update'],
    create: deploy,
    update: deploy,
  }
}

function presentIndexes(composites: readonly Fields[], fields: readonly Fields[]): Fields | null {
  if (composites.length + fields.length === 0) return null
  return Object.fromEntries([
    ...composites.map((index): [string, string] => [presentIndex(index), 'exists']),
    ...fields.map(presentField),
  ])
}

/** `message_queue_jobs: status ASCENDING, queuedAt DESCENDING` */
const describe = ({ collectionGroup, queryScope, fields }: CompositeIndex): string =>
  `${collectionGroup}${queryScope === 'COLLECTION' ? '' : ` (${queryScope})`}: ${fields
    .map((field) => `${textAt(field, 'fieldPath')} ${textAt(field, 'order') ?? textAt(field, 'arrayConfig')}`)
    .join(', ')}`

/** Google adds the document's name as the last field. */
function presentIndex(index: Fields): string {
  const fields = listAt(index, 'fields').filter((field) => field['fieldPath'] !== '__name__')
  const queryScope = textAt(index, 'queryScope') ?? ''
  return describe({ collectionGroup: collectionOf(index), queryScope, fields })
}

/** Returns the collection that the name of an index or a field has. */
export const collectionOf = (named: Fields): string => /\/collectionGroups\/([^/]+)/.exec(textAt(named, 'name') ?? '')?.[1] ?? ''

export const fieldOf = (field: Fields): string => /\/fields\/(.+)$/.exec(textAt(field, 'name') ?? '')?.[1] ?? ''

const presentField = (field: Fields): [string, object] => [
  `${collectionOf(field)}.${fieldOf(field)}`,
  { indexes: listAt(field, 'indexConfig', 'indexes').length, ttl: at(field, 'ttlConfig') !== undefined },
]
