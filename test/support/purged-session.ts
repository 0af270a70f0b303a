import { journalPath } from '@holdfast/core/journal/journal-record'
import { DIRECTORIES, directoryPath } from '@holdfast/core/message/directory-document'
import { JOBS, jobPath } from '@holdfast/core/message/job-document'
import { mediaFolder, mediaObjectOf } from '@holdfast/core/message/media-document'
import { messagesPath } from '@holdfast/core/message/message-document'
import { parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { ERASURES } from '@holdfast/core/operations/erasure-document'
import { groupsPath } from '@holdfast/core/operations/group-document'
import { RECOVERY_ACTIONS } from '@holdfast/core/operations/recovery-action-document'
import { WEBHOOK_ENDPOINTS } from '@holdfast/core/operations/webhook-endpoint-document'
import type { DocumentStore, ObjectStore } from '@holdfast/core/platform/ports'
import { backupsPath } from '@holdfast/core/session/backup-document'
import { archiveName, checkpointFolder, tenantOf } from '@holdfast/core/session/ids'
import { LIVE_EVENTS } from '@holdfast/core/session/live-event-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import { checkpointNow, type Owner, takeOver } from './engine/owner.ts'
import { SessionUnderTest } from './engine/session-under-test.ts'

interface Stores {
  readonly documents: DocumentStore
  readonly objects: ObjectStore
}

/** Where the documents of a session lie: below its own document, and among those of others. */
const below = (sessionId: string): readonly string[] => [
  messagesPath(sessionId),
  ...DIRECTORIES.map((name) => directoryPath(sessionId, name)),
  groupsPath(sessionId),
  receivedMediaPath(sessionId),
  parkedStanzasPath(sessionId),
]

const SHARED = [JOBS, WEBHOOK_DELIVERIES, WEBHOOK_ENDPOINTS, LIVE_EVENTS, ERASURES, RECOVERY_ACTIONS] as const

const archived = (sessionId: string): string => `archive/${tenantOf(sessionId)}/2026-01/${sessionId}-1.job`

/** The archive of a job whose contact was erased: only the erasure names it. */
const erased = (sessionId: string): string => `archive/${tenantOf(sessionId)}/2026-01/${sessionId}-0.job`

/** A linked session that two owners had, with something of each kind that a session stores. The last owner is alive. */
export async function filledSession(
  stores: Stores,
  { sessionId, wrappingKey }: { readonly sessionId: string; readonly wrappingKey: SessionUnderTest['wrappingKey'] },
): Promise<{ session: SessionUnderTest; owner: Owner }> {
  const { documents, objects } = stores
  const session = await new SessionUnderTest(documents, wrappingKey, sessionId).create({
    tenant: tenantOf(sessionId),
    name: sessionId.slice(sessionId.lastIndexOf('.') + 1),
    me: { id: '5511900000001:2@s.whatsapp.net', lid: null },
  })
  const first = await takeOver(session, { objects })
  await first.journal.whenDurable(first.state.change({ creds: 'the credentials', keys: { session: { ana: 'a ratchet' } } }))
  await checkpointNow(session, first, stores)
  first.journal.close()
  const owner = await takeOver(session, { objects, runnerId: 'second' })
  for (const contact of ['bob', 'eve'])
    await owner.journal.whenDurable(owner.state.change({ keys: { session: { [contact]: 'a ratchet' } } }))
  await objects.create(archiveName(sessionId, { seq: 3, epoch: 1 }), Buffer.from('records'))
  await objects.create(mediaObjectOf(sessionId, 'picture'), Buffer.from('bytes'))
  for (const name of [archived(sessionId), erased(sessionId)]) await objects.create(name, Buffer.from('job'))
  const tenant = tenantOf(sessionId)
  await documents.commit([
    ...below(sessionId).map((folder) => ({ kind: 'create' as const, path: `${folder}/one`, fields: { v: 1 } })),
    ...SHARED.map((collection) => ({
      kind: 'create' as const,
      path: `${collection}/${sessionId}`,
      fields: {
        v: 1,
        tenant,
        sessionId,
        state: 'done',
        ...(collection === JOBS ? { archive: { object: archived(sessionId) } } : {}),
        ...(collection === ERASURES ? { state: 'open', objects: [erased(sessionId)] } : {}),
      },
    })),
    { kind: 'create', path: jobPath(`${sessionId}-2`), fields: { v: 1, tenant, sessionId, status: 'sent' } },
  ])
  return { session, owner }
}

/** The names of all that is stored of a session, but for its own document and its key. Records are named by their kind. */
export async function storedOf({ documents, objects }: Stores, sessionId: string): Promise<string[]> {
  const names: string[] = []
  for (const folder of [checkpointFolder(sessionId), mediaFolder(sessionId), archived(sessionId), erased(sessionId)])
    names.push(...(await objects.list(folder)))
  for (const collection of [...below(sessionId), backupsPath(sessionId)])
    names.push(...(await documents.query({ collection })).map(({ path }) => path))
  for (const collection of SHARED)
    names.push(...(await documents.query({ collection, where: [['sessionId', '==', sessionId]] })).map(({ path }) => path))
  const records = await documents.query({ collection: journalPath(sessionId), orderBy: ['id', 'asc'] })
  names.push(...records.map(({ id, fields }) => `${Number(id)} ${String(fields['kind'])} of ${String(fields['runnerId'])}`))
  return names.map((name) => name.replace(sessionPath(sessionId), '…'))
}
