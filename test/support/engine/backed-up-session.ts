import { sessionPath } from '@holdfast/core/session/session-document'
import type { GoogleClients } from '@holdfast/core/adapters/google/clients'
import { checkpointNow, takeOver } from './owner.ts'
import { SessionUnderTest } from './session-under-test.ts'

/** A linked session with so many backups, without an owner. */
export async function backedUpSession(
  clients: GoogleClients,
  wrappingKey: SessionUnderTest['wrappingKey'],
  count: number,
): Promise<SessionUnderTest> {
  const session = await new SessionUnderTest(clients.documents, wrappingKey).create()
  const owner = await takeOver(session, { objects: clients.objects })
  for (let index = 1; index <= count; index++) {
    const change = { creds: 'the credentials', keys: { session: { [`contact-${index}`]: 'a ratchet' } } }
    await owner.journal.whenDurable(owner.state.change(change))
    await checkpointNow(session, owner, clients)
  }
  owner.journal.close()
  const fields = { runnerId: null, journalHead: owner.journal.head.sequence }
  await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields }])
  return session
}
