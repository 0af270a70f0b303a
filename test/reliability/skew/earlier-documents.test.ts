import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { assessState } from '@holdfast/core/journal/assess'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { journalRecordSchema } from '@holdfast/core/journal/journal-record'
import { jobDocumentSchema } from '@holdfast/core/message/job-document'
import { receivedMediaDocumentSchema } from '@holdfast/core/message/received-media-document'
import { DIRECTORIES, directoryPageSchema, openPage } from '@holdfast/core/message/directory-document'
import { messageDocumentSchema } from '@holdfast/core/message/message-document'
import { openJobContent, openReceivedContent } from '@holdfast/core/message/sealed-content'
import { alertDocumentSchema } from '@holdfast/core/operations/alert-document'
import { apiKeyDocumentSchema } from '@holdfast/core/operations/api-key-document'
import { auditDocumentSchema } from '@holdfast/core/operations/audit-document'
import { erasureSchema } from '@holdfast/core/operations/erasure-document'
import { ALL_GROUPS, allGroupsSchema, groupDocumentSchema, openGroup } from '@holdfast/core/operations/group-document'
import { poolDocumentSchema } from '@holdfast/core/operations/pool-document'
import { recoveryActionSchema } from '@holdfast/core/operations/recovery-action-document'
import { runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import { tenantDocumentSchema } from '@holdfast/core/operations/tenant-document'
import { decodeFields } from '@holdfast/core/platform/document-json'
import { parseStored, parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { Fields } from '@holdfast/core/platform/ports'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { sessionKeyDocumentSchema } from '@holdfast/core/security/session-key-document'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { backupDocumentSchema } from '@holdfast/core/session/backup-document'
import { liveEventSchema } from '@holdfast/core/session/live-event-document'
import { deliverySchema } from '@holdfast/core/session/webhook-delivery-document'
import { sessionDocumentSchema } from '@holdfast/core/session/session-document'
import { describe, expect, test } from 'vitest'
import { MemoryObjects } from '../../integration/contract/memory-objects.ts'
import { MemoryDocuments } from '../../integration/queue/memory-documents.ts'
import type { Recorded } from './record.ts'

// What earlier versions have stored, by `npm run prove -- skew --base REF --record FILE`. A release adds a file, and none is changed.

const FOLDER = join(import.meta.dirname, 'stored')
const RECORDINGS = globSync('*.json', { cwd: FOLDER }).toSorted()

const SCHEMAS = {
  whatsapp_connection_states: sessionDocumentSchema,
  'whatsapp_connection_states/journal': journalRecordSchema,
  'whatsapp_connection_states/backups': backupDocumentSchema,
  'whatsapp_connection_states/messages': messageDocumentSchema,
  'whatsapp_connection_states/media': receivedMediaDocumentSchema,
  'whatsapp_connection_states/chats': directoryPageSchema,
  'whatsapp_connection_states/contacts': directoryPageSchema,
  'whatsapp_connection_states/labels': directoryPageSchema,
  'whatsapp_connection_states/groups': groupDocumentSchema,
  erasures: erasureSchema,
  health_alerts: alertDocumentSchema,
  session_keys: sessionKeyDocumentSchema,
  message_queue_jobs: jobDocumentSchema,
  tenants: tenantDocumentSchema,
  api_keys: apiKeyDocumentSchema,
  audit: auditDocumentSchema,
  pools: poolDocumentSchema,
  recovery_actions: recoveryActionSchema,
  runners: runnerDocumentSchema,
  webhook_deliveries: deliverySchema,
  live_events: liveEventSchema,
}

/** `whatsapp_connection_states/{id}/journal/{n}` → `whatsapp_connection_states/journal` */
function schemaOf(path: string) {
  if (path.endsWith(`/groups/${ALL_GROUPS}`)) return allGroupsSchema
  const collection = path
    .split('/')
    .filter((_, index) => index % 2 === 0)
    .join('/')
  const schema = Object.entries(SCHEMAS).find(([name]) => name === collection)?.[1]
  if (!schema) throw new Error(`There is no schema of ${collection}.`)
  return schema
}

const ID = 'default.recorded'

/** The bucket gave the objects other generations. */
class ObjectsOfBefore extends MemoryObjects {
  override read(name: string) {
    return super.read(name)
  }
}

describe.each(RECORDINGS)('what %s has', (file) => {
  const recorded = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Recorded
  const documents = Object.entries(recorded.documents).map(([path, fields]) => [path, decodeFields(fields)] as const)
  const wrappingKey = new WrappingKey(Buffer.from(recorded.wrappingKey, 'base64'))

  async function stores() {
    const [store, objects] = [new MemoryDocuments(), new ObjectsOfBefore()]
    await store.commit(documents.map(([path, fields]) => ({ kind: 'create', path, fields })))
    for (const [name, bytes] of Object.entries(recorded.objects)) await objects.create(name, Buffer.from(bytes, 'base64'))
    return { store, objects }
  }

  async function opened() {
    const { store, objects } = await stores()
    const cipher = await loadSessionCipher(store, ID, wrappingKey)
    if (!cipher) throw new Error('The session has no key.')
    const found = await store.read(`whatsapp_connection_states/${ID}`)
    const session = parseStored(sessionDocumentSchema, found?.fields, ID)
    return { store, objects, cipher, session }
  }

  test('is read by this version', () => {
    expect(documents.length).toBeGreaterThan(0)
    for (const [path, fields] of documents) expect(() => parseStored(schemaOf(path), fields, path)).not.toThrow()
  })

  test('is read by it with fields that a later version added', () => {
    for (const [path, fields] of documents) {
      const later = { ...fields, addedLater: { by: ['a later version'] } }
      expect(() => parseStored(schemaOf(path), later, path)).not.toThrow()
    }
  })

  test('is out of reach, and not damaged, when a later version wrote it', () => {
    for (const [path, fields] of documents) {
      const later: { path: string; fields: Fields } = { path, fields: { ...fields, v: 2 } }
      if (fields['v'] === undefined) continue
      expect(parseUnlessDamaged(schemaOf(path), later)).toMatchObject({ code: 'unknown-version' })
    }
  })

  test('leads to the whole state of the session', async () => {
    const { store, objects, cipher, session } = await opened()
    const journals = new DocumentJournals(store)
    const assessed = await assessState({ journals, objects, sessionId: ID, session, openCipher: () => Promise.resolve(cipher) })
    expect(assessed).toMatchObject({ status: 'valid', loaded: { damaged: [], trouble: null } })
    if (assessed.status === 'valid') expect(assessed.loaded.image.creds).not.toBeNull()
  })

  test('has messages that open', async () => {
    const { cipher } = await opened()
    const idOf = (path: string) => basename(path)
    const texts = documents.flatMap(([path, fields]): readonly object[] => {
      if (path.startsWith('message_queue_jobs/')) {
        return [openJobContent(cipher, idOf(path), parseStored(jobDocumentSchema, fields, path))]
      }
      if (!path.includes('/messages/')) return []
      return [openReceivedContent(cipher, idOf(path), parseStored(messageDocumentSchema, fields, path))]
    })
    expect(texts).toEqual(
      expect.arrayContaining([expect.objectContaining({ text: 'one' }), expect.objectContaining({ text: 'an answer' })]),
    )
  })

  test('has lists and groups that open', async () => {
    const { cipher } = await opened()
    const listed = new Map<string, number>()
    for (const [path, fields] of documents) {
      const [, , collection = '', id = ''] = path.split('/')
      const list = DIRECTORIES.find((name) => name === collection)
      if (list) listed.set(list, (listed.get(list) ?? 0) + openPage(cipher, list, { id, fields }).entries.length)
      if (collection !== 'groups' || id === ALL_GROUPS) continue
      const { content } = parseStored(groupDocumentSchema, fields, path)
      expect(openGroup(cipher, id, content ?? Buffer.alloc(0))).toMatchObject({ id, subject: 'Recorded' })
    }
    // A page may be empty, for example after an erasure.
    for (const [list, entries] of listed) expect(entries, list).toBeGreaterThan(0)
  })
})

test('the recordings have lists, groups and erasures', () => {
  const recorded = RECORDINGS.map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Recorded)
  const collections = new Set(
    recorded.flatMap(({ documents }) => Object.keys(documents).map((path) => path.split('/').slice(0, -1).join('/'))),
  )
  const ofSession = ['chats', 'contacts', 'labels', 'groups'].map((name) => `whatsapp_connection_states/${ID}/${name}`)
  expect([...ofSession, 'erasures'].filter((collection) => !collections.has(collection))).toEqual([])
})
