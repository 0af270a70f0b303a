import { newSession } from '@holdfast/core/session/new-session'
import type { CheckpointPointer } from '@holdfast/core/session/session-document'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { isDamage } from '@holdfast/core/platform/errors'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { checkpointFolder, placeOfCheckpoint, sessionNameOf, tenantOf } from '@holdfast/core/session/ids'
import type { Fields, ObjectStore } from '@holdfast/core/platform/ports'
import { readUnpointed } from '@holdfast/core/journal/checkpoint'
import { readTail, endOfLog } from '@holdfast/core/journal/journal-reader'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import type { Dependencies } from './dependencies.ts'

/**
 * Makes the fields of the document of a session whose document is gone although its key exists. They point to the journal and the
 * checkpoints that are left. Null when the key does not exist either.
 */
export async function documentOfLost(
  dependencies: Pick<Dependencies, 'documents' | 'journals' | 'objects' | 'wrappingKey'>,
  sessionId: string,
): Promise<Fields | null> {
  const { documents, journals, objects, wrappingKey } = dependencies
  if (!(await documents.read(sessionKeyPath(sessionId)))) return null
  const end = await endOfLog(journals, sessionId, 0)
  const tail = end === 0 ? null : await readTail(journals, sessionId, end)
  const cipher = await loadSessionCipher(documents, sessionId, wrappingKey)
  const [checkpoint = null, previousCheckpoint = null] = cipher ? await newestTwo(objects, cipher) : []
  const epoch = Math.max(tail?.epoch ?? 0, checkpoint?.epoch ?? 0)
  // The session stays offline: the operator who restores it decides when it starts.
  return {
    ...newSession(tenantOf(sessionId), sessionNameOf(sessionId), 'offline'),
    epoch,
    journalHead: Math.max(end, checkpoint?.seq ?? 0),
    checkpoint,
    previousCheckpoint,
  }
}

async function newestTwo(objects: ObjectStore, cipher: SessionCipher): Promise<CheckpointPointer[]> {
  const names = await objects.list(checkpointFolder(cipher.sessionId))
  const found: CheckpointPointer[] = []
  for (const name of names.filter((each) => placeOfCheckpoint(each) !== null).toReversed()) {
    if (found.length === 2) break
    try {
      found.push((await readUnpointed(objects, cipher, name)).pointer)
    } catch (error) {
      if (!isDamage(error)) throw error
    }
  }
  return found
}
