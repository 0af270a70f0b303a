import { DocumentJournals } from '@holdfast/core/journal/document-journals'
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
