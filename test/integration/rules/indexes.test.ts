import { readFileSync } from 'node:fs'
import { JOBS } from '@holdfast/core/message/job-document'
import { journalRecordSchema } from '@holdfast/core/journal/journal-record'
import { DUE_TASKS } from '@holdfast/core/operations/due-task-document'
import { ERASURES } from '@holdfast/core/operations/erasure-document'
import { RECOVERY_ACTIONS } from '@holdfast/core/operations/recovery-action-document'
import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { SESSIONS } from '@holdfast/core/session/session-document'
import { expect, it } from 'vitest'
import { NEVER_WITH_TTL } from '../../../infra/resources/firestore-files.ts'

interface IndexFile {
  indexes: { collectionGroup: string; fields: { fieldPath: string; order: string }[] }[]
  fieldOverrides: { collectionGroup: string; fieldPath: string; indexes: object[]; ttl?: boolean }[]
}

// Tests the file itself, because the emulator answers every query without an index.
const file = JSON.parse(readFileSync(new URL('../../../firestore.indexes.json', import.meta.url), 'utf8')) as IndexFile

const exempt = (collection: string) =>
  file.fieldOverrides
    .filter(({ collectionGroup, indexes }) => collectionGroup === collection && indexes.length === 0)
    .map(({ fieldPath }) => fieldPath)

it('no field of a journal record is indexed: records are read by their numbers alone', () => {
  expect(exempt('journal').sort()).toEqual(Object.keys(journalRecordSchema.shape).sort())
})

it('sealed bytes are not indexed', () => {
  expect(exempt('messages')).toContain('content')
  expect(exempt('parked_stanzas')).toContain('content')
  expect(exempt(JOBS)).toEqual(expect.arrayContaining(['content', 'proto']))
  expect(exempt(SESSIONS)).toContain('pairing')
  expect(exempt('session_keys')).toContain('keys')
  expect(exempt('tenant_keys')).toContain('keys')
  expect(exempt('tenants')).toContain('secrets')
})

it('a due task has the indexes of its two times only, which come by themselves', () => {
  expect(exempt(DUE_TASKS)).toEqual(['payload'])
  expect(file.indexes.filter(({ collectionGroup }) => collectionGroup === DUE_TASKS)).toEqual([])
})

it('the names of objects that an erasure has left are not indexed: each would be an entry of its own', () => {
  expect(exempt(ERASURES)).toEqual(['objects'])
})

it('of the fields that every heartbeat changes only its time is indexed, by which the most silent runners are found', () => {
  expect(exempt(RUNNERS)).toEqual(['sessions', 'memoryBytes', 'resources', 'operations', 'totals', 'states'])
  const indexed = file.fieldOverrides.filter(({ indexes }) => indexes.length > 0)
  const indexes = [{ order: 'ASCENDING', queryScope: 'COLLECTION' }]
  expect(indexed).toEqual([{ collectionGroup: RUNNERS, fieldPath: 'heartbeatAt', indexes }])
})

it.each([
  [JOBS, 'sessionId ASCENDING, status ASCENDING'],
  [SESSIONS, 'wanted ASCENDING, runnerId ASCENDING'],
  [SESSIONS, 'runnerId ASCENDING, wanted ASCENDING'],
  // The job listener queries the newest jobs, and then the later ones.
  [JOBS, 'sessionId ASCENDING, status ASCENDING, queuedAt DESCENDING'],
  [JOBS, 'sessionId ASCENDING, status ASCENDING, queuedAt ASCENDING'],
  // A runner that is alone listens to the jobs of all sessions.
  [JOBS, 'status ASCENDING, queuedAt DESCENDING'],
  // The sweep looks for jobs whose task was lost, for later ones, and for expired ones.
  [JOBS, 'status ASCENDING, nextAttemptAt ASCENDING'],
  [JOBS, 'status ASCENDING, queuedAt ASCENDING, sendAt ASCENDING'],
  [JOBS, 'status ASCENDING, expiresAt ASCENDING'],
  // The failover looks for messages of pools: of sessions that are down, refused ones, and locked ones.
  [JOBS, 'status ASCENDING, pool ASCENDING'],
  [JOBS, 'sessionId ASCENDING, status ASCENDING, pool ASCENDING, queuedAt ASCENDING'],
  [JOBS, 'status ASCENDING, pool ASCENDING, lastError.code ASCENDING'],
  [JOBS, 'status ASCENDING, pool ASCENDING, hold.reason ASCENDING, hold.until ASCENDING'],
  // The daily maintenance looks for jobs to archive.
  [JOBS, 'tenant ASCENDING, status ASCENDING, createdAt ASCENDING'],
  // The list of messages. Firestore merges these where a query has several of their conditions.
  ...[
    'tenant ASCENDING',
    'tenant ASCENDING, status ASCENDING',
    'sessionId ASCENDING',
    'sessionId ASCENDING, status ASCENDING',
  ].map((where): [string, string] => [JOBS, `${where}, createdAt DESCENDING`]),
  [JOBS, 'chat ASCENDING, createdAt DESCENDING'],
  // The list of recoveries, in the same way.
  ...['tenant', 'sessionId', 'state', 'type'].map((field): [string, string] => [
    RECOVERY_ACTIONS,
    `${field} ASCENDING, requestedAt DESCENDING`,
  ]),
  // The sweep counts what it asked for lately.
  [RECOVERY_ACTIONS, 'requestedBy ASCENDING, requestedAt DESCENDING'],
  // The figures of the queue: of a tenant, of a session, and of all.
  ...['tenant ASCENDING, ', 'sessionId ASCENDING, ', ''].flatMap((of) =>
    ['createdAt DESCENDING', 'hold.until ASCENDING', 'nextAttemptAt ASCENDING', 'queuedAt ASCENDING'].map(
      (field): [string, string] => [JOBS, `${of}status ASCENDING, ${field}`],
    ),
  ),
])('%s has an index for a query: %s', (collection, wanted) => {
  const described = file.indexes
    .filter(({ collectionGroup }) => collectionGroup === collection)
    .map(({ fields }) => fields.map(({ fieldPath, order }) => `${fieldPath} ${order}`).join(', '))
  expect(described).toContain(wanted)
})

it('nothing that nobody can make again is deleted by age', () => {
  const withTtl = file.fieldOverrides.filter(({ ttl }) => ttl).map(({ collectionGroup }) => collectionGroup)
  expect(withTtl.filter((collection) => NEVER_WITH_TTL.includes(collection))).toEqual([])
})
