import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { journalPath } from '@holdfast/core/journal/journal-record'
import type { Range } from '@holdfast/core/journal/journal-store'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { SERVER_TIME, type Change, type Fields, type ListenerEvent, type Query } from '@holdfast/core/platform/ports'
import { takeOver } from '../../support/engine/owner.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { FaultyObjects, forbidden } from '../../support/engine/faulty-objects.ts'
import type { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import { contentOfSession, lastRecordOf, newSessionWithPast, recordPath } from '../../support/engine/session-with-past.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'

const { clients, startRunner, storage } = runnersOfThisFile()

const bytesOf = async (path: string): Promise<Buffer> =>
  Buffer.from((await clients.documents.read(path))?.fields['bytes'] as Buffer)

const merge = (path: string, fields: Fields): Change => ({ kind: 'merge', path, fields })

const sessionWithPast = () => newSessionWithPast(clients)

const lastRecord = (session: SessionUnderTest) => lastRecordOf(clients, session)

const contentOf = (session: SessionUnderTest) => contentOfSession(clients, session)

type Damage = (session: SessionUnderTest) => Promise<Change[]>

/** Each damage: its description, the reason that the session shows, and the changes of documents that cause it. */
const DAMAGES: readonly (readonly [what: string, reason: string, damage: Damage])[] = [
  ['a record is missing', 'journal-gap', async (s) => [{ kind: 'delete', path: recordPath(s, (await lastRecord(s)) - 1) }]],
  ['the last record is missing', 'journal-short', async (s) => [{ kind: 'delete', path: recordPath(s, await lastRecord(s)) }]],
  [
    'a record was truncated',
    'journal-damaged',
    async (s) => {
      const path = recordPath(s, (await lastRecord(s)) - 1)
      return [merge(path, { bytes: (await bytesOf(path)).subarray(0, -8) })]
    },
  ],
  [
    'a bit of the last record was flipped',
    'journal-damaged',
    async (s) => {
      const path = recordPath(s, await lastRecord(s))
      const bytes = await bytesOf(path)
      bytes[20] = (bytes[20] ?? 0) ^ 1
      return [merge(path, { bytes })]
    },
  ],
  [
    'a record is the one of another session',
    'journal-damaged',
    async (s) => {
      const other = await sessionWithPast()
      const seq = (await lastRecord(s)) - 1
      const stolen = await clients.documents.read(recordPath(other, seq))
      return [merge(recordPath(s, seq), { ...stolen?.fields })]
    },
  ],
  [
    'a record has an older epoch',
    'journal-damaged',
    async (s) => [merge(recordPath(s, (await lastRecord(s)) - 1), { epoch: 1 })],
  ],
  [
    'a record has an unknown version',
    'unknown-version',
    async (s) => [merge(recordPath(s, (await lastRecord(s)) - 1), { v: 2 })],
  ],
  [
    'a record has another shape',
    'journal-damaged',
    async (s) => [merge(recordPath(s, (await lastRecord(s)) - 1), { nonce: 7, bytes: 'text' })],
  ],
  ['the data key is missing', 'data-key-missing', async ({ sessionId }) => [{ kind: 'delete', path: sessionKeyPath(sessionId) }]],
  [
    'the data key was altered',
    'data-key-damaged',
    async ({ sessionId }) => {
      const keys = (await clients.documents.read(sessionKeyPath(sessionId)))?.fields['keys'] as Record<string, Fields>
      const wrapped = Buffer.from(keys['1']?.['wrapped'] as Buffer)
      wrapped[20] = (wrapped[20] ?? 0) ^ 1
      return [merge(sessionKeyPath(sessionId), { keys: { '1': { ...keys['1'], wrapped } } })]
    },
  ],
  [
    'the current version of the data key is missing',
    'data-key-damaged',
    async ({ sessionId }) => [merge(sessionKeyPath(sessionId), { current: 2 })],
  ],
  [
    'the document of the data key has another shape',
    'document-invalid',
    async ({ sessionId }) => [merge(sessionKeyPath(sessionId), { keys: 'none' })],
  ],
  [
    'the document of the data key has an unknown version',
    'unknown-version',
    async ({ sessionId }) => [merge(sessionKeyPath(sessionId), { v: 9 })],
  ],
  [
    "the session's document has another shape",
    'document-invalid',
    async ({ sessionId }) => [merge(sessionPath(sessionId), { epoch: 'two' })],
  ],
  [
    "the session's document has an unknown version",
    'unknown-version',
    async ({ sessionId }) => [merge(sessionPath(sessionId), { v: 2 })],
  ],
]

const shownOf = async ({ sessionId }: SessionUnderTest) => {
  const { state, reason } = (await clients.documents.read(sessionPath(sessionId)))?.fields ?? {}
  return [state, reason]
}

let actions = 0

/** Writes the document that `POST …/restart` or `…/logout` writes. Returns its path. */
async function ask({ sessionId }: SessionUnderTest, type: 'restart' | 'logout'): Promise<string> {
  const path = recoveryActionPath(`${type}-${++actions}`)
  const asked = { requestedBy: 'test', why: 'A test asks.', requestedAt: SERVER_TIME, approved: null }
  const fields = { v: 1, tenant: 'default', sessionId, type, state: 'pending', ...asked }
  await clients.documents.commit([{ kind: 'create', path, fields }])
  return path
}

const askToRestart = (session: SessionUnderTest): Promise<string> => ask(session, 'restart')

/** Asks for a log-out, which fails because the session is not connected. Resolves when it has failed. */
async function askInVain(session: SessionUnderTest): Promise<void> {
  const path = await ask(session, 'logout')
  await expect.poll(async () => (await clients.documents.read(path))?.fields['state']).toBe('failed')
}

/** Journals that answer nothing about the end of a log until the test lets them. */
class HeldJournals extends DocumentJournals {
  readonly #asked = Promise.withResolvers<void>()
  readonly #held = Promise.withResolvers<void>()
  readonly asked = this.#asked.promise
  readonly release = this.#held.resolve

  override async outline(sessionId: string, range: Range) {
    this.#asked.resolve()
    await this.#held.promise
    return super.outline(sessionId, range)
  }
}

/** Documents that tell what a listener was told. */
class HeardDocuments extends FaultyDocuments {
  readonly #paths = new Set<string>()

  override listen(query: Query, onEvents: (events: ListenerEvent[]) => void, onError: (error: unknown) => void): () => void {
    const hear = (events: ListenerEvent[]): void => {
      onEvents(events)
      for (const { document } of events) this.#paths.add(document.path)
    }
    return super.listen(query, hear, onError)
  }

  async heard(path: string): Promise<void> {
    await expect.poll(() => this.#paths.has(path)).toBe(true)
  }
}

describe('a session', () => {
  test.each(DAMAGES)('waits unchanged when %s, with the reason %s, and goes on after the repair', async (_, reason, damage) => {
    const session = await sessionWithPast()
    const changes = await damage(session)
    const before = await Promise.all(changes.map(({ path }) => clients.documents.read(path)))
    await clients.documents.commit(changes)
    const damaged = await contentOf(session)
    const runner = await startRunner({ wrappingKey: session.wrappingKey })
    await expect.poll(() => shownOf(session)).toEqual(['NEEDS_ATTENTION', reason])
    expect(await contentOf(session)).toEqual(damaged)
    expect(runner.dials).toHaveLength(0)
    // An operator brings the old content back.
    const asItWas = (path: string, fields: Fields) =>
      merge(path, path === sessionPath(session.sessionId) ? withoutState(fields) : fields)
    const repairs = before.map((snapshot) => asItWas(snapshot?.path ?? '', snapshot?.fields ?? {}))
    await clients.documents.commit(repairs)
    await askToRestart(session)
    await expect.poll(() => runner.dials.length).toBe(1)
    expect(await shownOf(session)).toEqual(['CONNECTING', 'opening-socket'])
  })

  test('is restored by an approval that comes while a claim of its damaged log is under way', async () => {
    const session = await sessionWithPast()
    const { sessionId, wrappingKey } = session
    const last = await lastRecord(session)
    await clients.documents.commit([{ kind: 'delete', path: recordPath(session, last) }])
    const journals = new HeldJournals(clients.documents)
    const documents = new HeardDocuments(clients.documents)
    await startRunner({ wrappingKey, journals, documents })
    await journals.asked
    const path = recoveryActionPath(`${sessionId}-restore-000001`)
    const request = { v: 1, tenant: 'default', sessionId, type: 'restore', state: 'pending', requestedBy: 'api', why: 'a test' }
    const fields = { ...request, requestedAt: SERVER_TIME, approved: { reaches: last - 1 } }
    await clients.documents.commit([{ kind: 'create', path, fields }])
    await documents.heard(path)
    journals.release()
    await expect
      .poll(async () => (await clients.documents.read(path))?.fields)
      .toMatchObject({ state: 'done', result: { code: 'restored' } })
  })

  test('waits when no checkpoint opens, with the reason checkpoint-lost, and goes on once they are back', async () => {
    const session = await sessionWithPast()
    const lost = new Map<string, Buffer>()
    for (const name of await clients.objects.list(`sessions/${session.sessionId}/`)) {
      const { bytes = Buffer.alloc(0), generation = '' } = (await clients.objects.read(name)) ?? {}
      lost.set(name, bytes)
      await storage().bucket.file(name, { generation }).delete()
    }
    const runner = await startRunner({ wrappingKey: session.wrappingKey })
    await expect.poll(() => shownOf(session)).toEqual(['NEEDS_ATTENTION', 'checkpoint-lost'])
    expect(runner.dials).toHaveLength(0)
    // Cloud Storage gives an object that comes back another generation.
    for (const [name, bytes] of lost) await clients.objects.create(name, bytes)
    await askToRestart(session)
    await expect.poll(() => runner.dials.length).toBe(1)
  })

  test('waits unchanged when its runner has another key, and goes on in a runner with the right one', async () => {
    const session = await sessionWithPast()
    const before = await contentOf(session)
    const wrong = await startRunner({ wrappingKey: new WrappingKey(randomBytes(32)) })
    await expect.poll(() => shownOf(session)).toEqual(['NEEDS_ATTENTION', 'wrong-key'])
    expect(await contentOf(session)).toEqual(before)
    await wrong.leave()
    const right = await startRunner({ wrappingKey: session.wrappingKey })
    await expect.poll(() => right.dials.length).toBe(1)
    expect(wrong.dials).toHaveLength(0)
  })

  test.each([
    ['a runner cannot claim it', async (s: SessionUnderTest) => recordPath(s, await lastRecord(s))],
    ['its owner cannot read it', async (s: SessionUnderTest) => recordPath(s, (await lastRecord(s)) - 1)],
  ])('of a banned account stays banned while %s, and is not dialled after the repair', async (_, lost) => {
    const session = await sessionWithPast()
    const banned = { state: 'BANNED', reason: 'account-banned' }
    await clients.documents.commit([merge(sessionPath(session.sessionId), banned)])
    const path = await lost(session)
    const { fields = {} } = (await clients.documents.read(path)) ?? {}
    await clients.documents.commit([{ kind: 'delete', path }])
    const runner = await startRunner({ wrappingKey: session.wrappingKey })
    // The action fails once the runner has looked at the state.
    await askInVain(session)
    expect(await shownOf(session)).toEqual(['BANNED', 'account-banned'])
    await runner.leave()
    await clients.documents.commit([{ kind: 'create', path, fields }])
    const next = await startRunner({ wrappingKey: session.wrappingKey })
    // The second action fails after the step in which the owner could have dialled.
    await askInVain(session)
    await askInVain(session)
    expect([...runner.dials, ...next.dials]).toEqual([])
    expect(await shownOf(session)).toEqual(['BANNED', 'account-banned'])
  })

  test('loses nothing when its pointers are lost, because the newest existing checkpoint serves', async () => {
    const session = await sessionWithPast()
    const fields = { checkpoint: null, previousCheckpoint: null }
    await clients.documents.commit([merge(sessionPath(session.sessionId), fields)])
    const runner = await startRunner({ wrappingKey: session.wrappingKey })
    await expect.poll(() => runner.dials.length).toBe(1)
    // A live owner may append at any moment, before the claim does.
    await runner.leave()
    const next = await takeOver(session, { runnerId: 'next', objects: clients.objects })
    expect([...next.state.image.entries('session')].map(([id]) => id).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
    next.journal.close()
  })

  test('starts from the checkpoint before a damaged one, and keeps the damaged one for inspection', async () => {
    const session = await sessionWithPast()
    const { checkpoint } = (await clients.documents.read(sessionPath(session.sessionId)))?.fields ?? {}
    await clients.documents.commit([
      merge(sessionPath(session.sessionId), { checkpoint: { ...(checkpoint as Fields), sha256: 'another' } }),
    ])
    const damaged = { reason: 'checkpoint-corrupt', records: null, checkpoint: { ...(checkpoint as Fields), sha256: 'another' } }
    const runner = await startRunner({ wrappingKey: session.wrappingKey })
    const documentOf = async () => (await clients.documents.read(sessionPath(session.sessionId)))?.fields ?? {}
    await expect.poll(() => runner.dials.length).toBe(1)
    await expect.poll(async () => (await documentOf())['putAside']).toMatchObject([damaged])
    // The next checkpoint takes its place. From then on only `putAside` names the damaged one.
    await expect.poll(async () => (await documentOf())['checkpoint']).not.toMatchObject(damaged.checkpoint)
    await runner.leave()
    // The same damaged checkpoint is not noted a second time.
    await clients.documents.commit([merge(sessionPath(session.sessionId), { checkpoint: damaged.checkpoint })])
    const next = await startRunner({ wrappingKey: session.wrappingKey })
    await expect.poll(() => next.dials.length).toBe(1)
    await next.leave()
    expect((await documentOf())['putAside']).toMatchObject([damaged])
  })

  test('does not count as new when its document was made again by hand, its journal is gone and checkpoints exist', async () => {
    const session = await sessionWithPast()
    const records = await clients.documents.query({ collection: journalPath(session.sessionId), select: ['seq'] })
    const gone = [...records.map(({ path }) => path), sessionPath(session.sessionId)]
    await clients.documents.commit(gone.map((path) => ({ kind: 'delete', path })))
    const [tenant, name] = session.sessionId.split('.')
    const fields = { v: 1, tenant, name, wanted: 'online', config: {}, createdAt: SERVER_TIME, runnerId: null }
    await clients.documents.commit([{ kind: 'create', path: sessionPath(session.sessionId), fields }])
    const objects = new FaultyObjects(clients.objects)
    objects.refuseRead = forbidden
    const runner = await startRunner({ wrappingKey: session.wrappingKey, objects })
    // An unreadable bucket is not an empty one.
    await expect.poll(() => shownOf(session)).toEqual(['RESTORING', 'state-unreachable'])
    objects.refuseRead = null
    await expect.poll(() => shownOf(session)).toEqual(['NEEDS_ATTENTION', 'journal-missing'])
    expect([runner.dials.length, runner.openings]).toEqual([0, 0])
    await runner.leave()
    // A missing key does not make it a new session either.
    await clients.documents.commit([{ kind: 'delete', path: sessionKeyPath(session.sessionId) }])
    const next = await startRunner({ wrappingKey: session.wrappingKey })
    await expect.poll(() => shownOf(session)).toEqual(['NEEDS_ATTENTION', 'data-key-missing'])
    expect([next.dials.length, await clients.documents.read(sessionKeyPath(session.sessionId))]).toEqual([0, null])
  })

  test('tries again while its checkpoint cannot be read, because that is no damage', async () => {
    const session = await sessionWithPast()
    const objects = new FaultyObjects(clients.objects)
    objects.refuseRead = forbidden
    const runner = await startRunner({ wrappingKey: session.wrappingKey, objects })
    await expect.poll(() => shownOf(session)).toEqual(['RESTORING', 'state-unreachable'])
    expect(runner.dials).toHaveLength(0)
    objects.refuseRead = null
    await expect.poll(() => runner.dials.length).toBe(1)
  })
})

/** Removes the fields that the owner has written meanwhile: the state of the session and its owner. */
const withoutState = ({
  state: _s,
  reason: _r,
  sentence: _t,
  userAction: _u,
  since: _n,
  runnerId: _o,
  ...fields
}: Fields): Fields => fields
