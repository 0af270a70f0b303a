import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { sessionPath } from '@holdfast/core/session/session-document'
import { expect, test } from 'vitest'
import { rebuildSession } from '../../../runner/src/moving/rebuild.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'
import type { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import { contentOfSession, newSessionWithPast } from '../../support/engine/session-with-past.ts'

const { clients, storage } = runnersOfThisFile()

function rebuilt({ sessionId, wrappingKey }: SessionUnderTest) {
  const { documents, objects } = clients
  const logger = createLogger('test', 'silent')
  const stores = { documents, objects, journals: new DocumentJournals(documents), logger, wrappingKey }
  return rebuildSession({ ...stores, clock: systemClock, random: systemRandom }, sessionId, { isFirestoreOlder: true })
}

test('a session that a living runner has is not rebuilt, because nothing in the new log would stop that runner', async () => {
  const session = await newSessionWithPast(clients)
  await clients.documents.commit([
    { kind: 'merge', path: sessionPath(session.sessionId), fields: { runnerId: 'alive' } },
    { kind: 'create', path: 'runners/alive', fields: { deadAfterMs: 600_000 } },
  ])
  const before = await contentOfSession(clients, session)
  await expect(rebuilt(session)).rejects.toMatchObject({ code: 'cannot-move', message: expect.stringContaining('is alive') })
  expect(await contentOfSession(clients, session)).toEqual(before)
})

test('a session whose checkpoints are all gone is refused, and not left as one that was never linked', async () => {
  const session = await newSessionWithPast(clients)
  for (const name of await clients.objects.list(`sessions/${session.sessionId}/`)) {
    const { generation = '' } = (await clients.objects.read(name)) ?? {}
    await storage().bucket.file(name, { generation }).delete()
  }
  const before = await contentOfSession(clients, session)
  await expect(rebuilt(session)).rejects.toMatchObject({ code: 'cannot-move' })
  expect(await contentOfSession(clients, session)).toEqual(before)
})

/** Damages the headers of the newest checkpoints. Returns their names, the newest first. */
async function hurtHeaders({ sessionId }: SessionUnderTest, count: number): Promise<string[]> {
  const names = (await clients.objects.list(`sessions/${sessionId}/`)).toReversed().slice(0, count)
  for (const name of names) {
    const { bytes, generation } = (await clients.objects.read(name)) ?? { bytes: Buffer.alloc(0), generation: '' }
    await storage().bucket.file(name, { generation }).delete()
    await clients.objects.create(name, Buffer.concat([Buffer.from('x'), bytes.subarray(1)]))
  }
  return names
}

/** A session whose checkpoints are all that is left. */
async function withoutJournal(): Promise<SessionUnderTest> {
  const session = await newSessionWithPast(clients)
  const records = await clients.documents.query({ collection: journalPath(session.sessionId), select: [] })
  await clients.documents.commit(records.map(({ path }) => ({ kind: 'delete', path })))
  return session
}

test('a session of which no checkpoint opens is refused with the names of all', async () => {
  const session = await withoutJournal()
  const names = await hurtHeaders(session, 2)
  const error: unknown = await rebuilt(session).catch((refusal: unknown) => refusal)
  expect(error).toMatchObject({ code: 'cannot-move' })
  expect(names.filter((name) => String(error).includes(name))).toEqual(names)
})
