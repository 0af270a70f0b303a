import { rename } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DirectoryObjects } from '@holdfast/core/adapters/directory/directory-objects'
import { JournalFiles } from '@holdfast/core/adapters/directory/journal-files'
import { StoreDirectory } from '@holdfast/core/adapters/directory/store-directory'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { type DirectoryUnderTest, journalsIn, openDirectory } from '../contract/journal-backends.ts'
import { group } from '../contract/records.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

// The API shows where the state of a session is stored and whether it can read it.

let api: ApiUnderTest
let directory: DirectoryUnderTest
let count = 0

beforeAll(async () => {
  api = await startApi()
})

beforeEach(async () => {
  directory = await openDirectory()
})

afterEach(async () => {
  await directory[Symbol.asyncDispose]()
})

afterAll(async () => {
  await api[Symbol.asyncDispose]()
})

/** Makes an API that reads the directory of storage mode `local`. */
const inDirectory = () => {
  const there = new StoreDirectory(directory.path)
  return api.with({ objects: new DirectoryObjects(there), journalsOn: () => new JournalFiles(there) })
}

/** Creates a session whose runner keeps its journal in the directory. */
async function owned(): Promise<string> {
  const name = `kept-${++count}`
  await api.post('/api/sessions', { name })
  const journals = journalsIn(directory.path, api.documents)
  await journals.append(`default.${name}`, group({ first: 1 }), [])
  await journals.close()
  const store = {
    type: 'local',
    path: directory.path,
    valid: true,
    problems: [],
    checkedAt: new Date('2026-01-01T00:00:00Z'),
  }
  await api.heartbeat('runner-of-it')
  await api.documents.commit([{ kind: 'merge', path: 'runners/runner-of-it', fields: { store } }])
  const journalPlace = journals.placeOf(`default.${name}`)
  await api.asOwner(name, { state: 'CONNECTED', runnerId: 'runner-of-it', journalHead: 1, journalPlace })
  return name
}

describe('the stored state of a session in a directory', () => {
  it('is read from there and shown with the report of its runner', async () => {
    const name = await owned()
    const { status, body } = await inDirectory().get(`/api/sessions/${name}/info`)
    expect(status).toBe(200)
    expect(body.store).toEqual({
      valid: true,
      path: {
        journal: `${directory.path}/default.${name}/journal`,
        checkpoints: `${directory.path}/default.${name}/checkpoints`,
      },
      problems: [],
      checkedByOwner: { type: 'local', path: directory.path, valid: true, problems: [], checkedAt: '2026-01-01T00:00:00.000Z' },
    })
    expect(body.journal).toMatchObject({ end: 1 })
  })

  it('is unknown while the directory cannot be found', async () => {
    const name = await owned()
    await rename(directory.path, `${directory.path}.away`)
    const { status, body } = await inDirectory().get(`/api/sessions/${name}/info`)
    await rename(`${directory.path}.away`, directory.path)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      store: { valid: false, problems: [{ code: 'store-missing', advice: expect.stringContaining('SESSION_STORAGE_PATH') }] },
      session: { exists: true, status: 'unknown' },
      persistence: { willSurviveRestart: false },
    })
  })

  it('is unknown to an API with other storage settings, which names the right place', async () => {
    const name = await owned()
    const looksAtFirestore = api.with({ journalsOn: (documents) => new DocumentJournals(documents), objects: emptyBucket })
    const { status, body } = await looksAtFirestore.get(`/api/sessions/${name}/info`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      store: { valid: false, problems: [{ code: 'store-elsewhere', sentence: expect.stringContaining(directory.path) }] },
      session: { exists: true, status: 'unknown' },
      persistence: { willSurviveRestart: false },
    })
    // The API then refuses a restore.
    expect(await looksAtFirestore.post(`/api/sessions/${name}/restore`, { approve: true })).toMatchObject({ status: 409 })
  })

  it('is corrupt when the journal is missing from its place', async () => {
    const name = await owned()
    await rename(`${directory.path}/default.${name}`, `${directory.path}/default.${name}-moved`)
    const { body } = await inDirectory().get(`/api/sessions/${name}/info`)
    expect(body).toMatchObject({
      store: { valid: true },
      session: { status: 'corrupt', reason: 'journal-missing' },
      persistence: { willSurviveRestart: false },
    })
  })
})

const emptyBucket = {
  placeOf: (name: string) => `gs://empty/${name}`,
  create: () => Promise.reject(new Error('This bucket is read-only.')),
  read: async () => null,
  list: async () => [],
  describe: async () => [],
}
