import { randomBytes } from 'node:crypto'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import type { GoogleClients } from '@holdfast/core/adapters/google/clients'
import { sequenceId } from '@holdfast/core/session/ids'
import { type Owner, checkpointNow, takeOver } from './owner.ts'
import { SessionUnderTest } from './session-under-test.ts'

/**
 * Makes a session with checkpoints, a journal behind the newest one, credentials and two past owners. The last owner has released
 * it. With two checkpoints the last record is 15. The checkpoints are cut at 7 and 11, so records before 8 are trimmed.
 */
export async function newSessionWithPast(clients: GoogleClients, checkpointsAt = ['d', 'e']): Promise<SessionUnderTest> {
  const session = await new SessionUnderTest(clients.documents).create()
  const first = await takeOver(session, { runnerId: 'first', objects: clients.objects })
  const change = async (owner: Owner, id: string) =>
    owner.journal.whenDurable(owner.state.change({ keys: { session: { [id]: randomBytes(40).toString('hex') } } }))
  await first.journal.whenDurable(first.state.change({ creds: 'the credentials' }))
  for (const id of ['a', 'b']) await change(first, id)
  first.journal.close()
  const second = await takeOver(session, { runnerId: 'second', objects: clients.objects })
  await change(second, 'c')
  for (const id of checkpointsAt) {
    await checkpointNow(session, second, clients)
    await change(second, id)
  }
  for (const id of ['f', 'g']) await change(second, id)
  const head = second.journal.head.sequence
  second.journal.close()
  await clients.documents.commit([
    { kind: 'merge', path: sessionPath(session.sessionId), fields: { runnerId: null, journalHead: head, state: 'STOPPED' } },
  ])
  return session
}

export const recordPath = ({ sessionId }: SessionUnderTest, seq: number): string => `${journalPath(sessionId)}/${sequenceId(seq)}`

export const lastRecordOf = async ({ documents }: GoogleClients, { sessionId }: SessionUnderTest): Promise<number> =>
  Number((await documents.query({ collection: journalPath(sessionId), select: ['seq'] })).at(-1)?.id)

/** Everything that is stored of the session, except its state fields and records of owners other than `first` and `second`. */
export async function contentOfSession(
  { documents, objects }: GoogleClients,
  { sessionId }: SessionUnderTest,
): Promise<Record<string, unknown>> {
  const document = (await documents.read(sessionPath(sessionId)))?.fields ?? {}
  const { checkpoint, previousCheckpoint, trimmedTo } = document
  const records = await documents.query({ collection: journalPath(sessionId) })
  const kept = records.filter(({ fields }) => fields['runnerId'] === 'first' || fields['runnerId'] === 'second')
  const names = await objects.list(`sessions/${sessionId}/`)
  return {
    pointers: { checkpoint, previousCheckpoint, trimmedTo },
    records: kept.map(({ id, fields }) => [id, fields]),
    key: (await documents.read(sessionKeyPath(sessionId)))?.fields,
    objects: await Promise.all(names.map(async (name) => [name, (await objects.read(name))?.bytes.toString('base64')])),
  }
}
