import { randomBytes } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { DirectoryJournals } from '@holdfast/core/adapters/directory/directory-journals'
import { DirectoryObjects } from '@holdfast/core/adapters/directory/directory-objects'
import { StoreDirectory } from '@holdfast/core/adapters/directory/store-directory'
import { jobPath } from '@holdfast/core/message/job-document'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import type { GoogleClients } from '@holdfast/core/adapters/google/clients'
import { SERVER_TIME, type Change } from '@holdfast/core/platform/ports'
import type { JournaledState } from '../../../runner/src/session/journal/journaled-state.ts'
import { type DirectoryUnderTest, journalsIn, openDirectory } from '../contract/journal-backends.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { outboxUnderTest } from '../../support/engine/outbox-under-test.ts'
import { RunnerUnderTest, type RunnerOptions } from '../../support/engine/runner-under-test.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import { type Stores, openStores } from '../../support/engine/stores.ts'

// Storage mode `local`: the journal of a session is in a directory, its document and its jobs are in Firestore.

let stores: Stores
let clients: GoogleClients
let directory: DirectoryUnderTest
const runners: RunnerUnderTest[] = []
const opened: DirectoryJournals[] = []

beforeAll(async () => {
  stores = await openStores()
})

beforeEach(async () => {
  clients = stores.emptyProject()
  directory = await openDirectory()
})

afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.leave()))
  await Promise.all(opened.splice(0).map((journals) => journals.close()))
  await directory[Symbol.asyncDispose]()
})

afterAll(async () => {
  await stores[Symbol.asyncDispose]()
})

async function startRunner(session: SessionUnderTest, options: Partial<RunnerOptions> = {}): Promise<RunnerUnderTest> {
  const { wrappingKey } = session
  const documents = options.documents ?? clients.documents
  const journals = journalsIn(directory.path, documents)
  opened.push(journals)
  await journals.recover()
  const objects = new DirectoryObjects(new StoreDirectory(directory.path))
  const runner = new RunnerUnderTest({ documents, objects, journals, wrappingKey, mutes: false, ...options })
  runners.push(runner)
  await runner.supervisor.start()
  return runner
}

const fieldsOf = async ({ sessionId }: SessionUnderTest) => (await clients.documents.read(sessionPath(sessionId)))?.fields ?? {}

const reasonOf = (session: SessionUnderTest, timeout = 10_000) =>
  expect.poll(async () => (await fieldsOf(session))['reason'], { timeout })

const newSession = () => new SessionUnderTest(clients.documents).create()

test('a directory that vanishes under a running owner is reported as missing, and the session goes on when it is back', async () => {
  const session = await newSession()
  const states: JournaledState[] = []
  const runner = await startRunner(session, {
    journalLimits: { commitTimeoutMs: 500, giveUpAfterMs: 1000 },
    onClient: ({ state }) => states.push(state),
  })
  await expect.poll(() => runner.dials.length).toBe(1)
  const { journal } = states[0]!
  await journal.whenDurable(states[0]!.change({ creds: 'the credentials' }))
  await rename(directory.path, `${directory.path}.away`)
  await expect(journal.whenDurable(states[0]!.change({ creds: 'never durable' }))).rejects.toMatchObject({
    code: 'journal-unavailable',
  })
  expect(runner.dials[0]?.isOver).toBe(true)
  await reasonOf(session, 20_000).toBe('store-missing')
  expect(await fieldsOf(session)).toMatchObject({
    state: 'NEEDS_ATTENTION',
    userAction: expect.stringContaining('SESSION_STORAGE_PATH'),
  })
  expect(runner.dials).toHaveLength(1)
  await rename(`${directory.path}.away`, directory.path)
  await ask(session, 'restart')
  await expect.poll(() => runner.dials.length, { timeout: 15_000 }).toBe(2)
  expect(states.at(-1)?.image.creds).toBe('the credentials')
})

test('the next process brings the job states of the last one to Firestore before it works on the jobs', async () => {
  const session = await newSession()
  const states: JournaledState[] = []
  const documents = new FaultyDocuments(clients.documents)
  const runner = await startRunner(session, { documents, onClient: ({ state }) => states.push(state) })
  await expect.poll(() => runner.dials.length).toBe(1)
  const path = jobPath('a-job')
  await clients.documents.commit([{ kind: 'create', path, fields: { sessionId: session.sessionId, status: 'processing' } }])
  documents.away(true)
  const { journal } = states[0]!
  const sent = { kind: 'merge', path, fields: { status: 'sent' } } as const
  await journal.whenDurable(states[0]!.append({ writes: () => [sent] }))
  expect((await clients.documents.read(path))?.fields['status']).toBe('processing')
  // The process dies, and writes nothing more.
  journal.close()
  await startRunner(session, { onClient: ({ state }) => states.push(state) })
  expect((await clients.documents.read(path))?.fields['status']).toBe('sent')
  documents.away(false)
})

test('a runner that cannot reach Firestore keeps its sessions connected, because no other runner could take them', async () => {
  const session = await newSession()
  const documents = new FaultyDocuments(clients.documents)
  const states: JournaledState[] = []
  const runner = await startRunner(session, { documents, deadAfterMs: 600, onClient: ({ state }) => states.push(state) })
  await expect.poll(() => runner.dials.length).toBe(1)
  documents.away(true)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(runner.heartbeat.muted).toBe(false)
  // A lost connection is made again, after its record is durable.
  runner.dials[0]?.events.onClose(515)
  await expect.poll(() => runner.dials.length).toBe(2)
  expect(states[0]?.journal.ended).toBeNull()
  documents.away(false)
})

test('a message that WhatsApp refuses again and again keeps to its delays, although its document follows late', async () => {
  const documents = new FaultyDocuments(clients.documents)
  const journals = journalsIn(directory.path, documents)
  opened.push(journals)
  const { accept, bring, job, relayed, outbox, journal } = await outboxUnderTest(clients.documents, {
    through: () => documents,
    journalsFor: () => journals,
    readsFirst: true,
  })
  bring(await accept('refused'))
  await expect.poll(() => relayed.length).toBe(1)
  const isOfJob = ({ kind, path }: Change) => kind === 'merge' && path === jobPath('refused')
  documents.faults((changes) => (changes.some(isOfJob) ? 'hang' : null))
  outbox.acknowledged('M-refused', '479')
  await journal.whenDurable()
  documents.faults(null)
  documents.release()
  await expect.poll(() => relayed.length).toBe(2)
  outbox.acknowledged('M-refused', '479')
  await expect.poll(async () => (await job('refused')).timeline.at(-1)).toMatchObject({ status: 'pending', attempt: 2 })
  const inMs = Number((await job('refused')).nextAttemptAt) - Date.now()
  expect(inMs).toBeGreaterThan(4 * 60_000)
  expect(relayed).toHaveLength(2)
  await outbox.stop()
})

async function ask({ sessionId }: SessionUnderTest, type: 'restart'): Promise<void> {
  const fields = {
    v: 1,
    tenant: 'default',
    sessionId,
    type,
    state: 'pending',
    requestedBy: 'test',
    why: 'a test',
    requestedAt: SERVER_TIME,
  }
  await clients.documents.commit([{ kind: 'create', path: recoveryActionPath(randomBytes(6).toString('hex')), fields }])
}
