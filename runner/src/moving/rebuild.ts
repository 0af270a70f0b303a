import { type Checkpoint, readUnpointed, wrappedKeysIn, writeCheckpoint } from '@holdfast/core/journal/checkpoint'
import { endOfLog } from '@holdfast/core/journal/journal-reader'
import { isDamage } from '@holdfast/core/platform/errors'
import type { ObjectStore } from '@holdfast/core/platform/ports'
import { unwrapSessionKeys, type SessionCipher } from '@holdfast/core/security/envelope'
import { type SessionKeyDocument, sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { checkpointFolder, placeOfCheckpoint, sessionNameOf, tenantOf } from '@holdfast/core/session/ids'
import { newSession } from '@holdfast/core/session/new-session'
import { type CheckpointPointer, sessionPath } from '@holdfast/core/session/session-document'
import { projectEvents } from '../session/events/projector.ts'
import { Journal } from '../session/journal/journal.ts'
import { rekeyedState } from '../whatsapp/baileys/signal/rekey.ts'
import { type MovingStores, readBack } from './new-owner.ts'
import { refused } from './refused.ts'

/**
 * The distance of the new log from the newest checkpoint. An owner of before can have written some hundred records since it, and more only
 * while Cloud Storage was away: no number that one can try is used a second time.
 */
const RECORDS_AHEAD = 1_000_000
const EPOCHS_AHEAD = 1000

/** How many records count as lost for the numbers of pre-keys: those between two checkpoints. */
const RECORDS_LOST = 256

/** What a rebuilt session was made from. */
export interface Rebuilt {
  readonly session: string
  readonly from: string
  /** The first record of the new log. */
  readonly startsAt: number
  readonly records: Readonly<Record<string, number>>
}

/** Ids of the tenant's sessions that have checkpoints, and of which Firestore knows nothing. */
export async function lostSessions(
  { objects, documents }: Pick<MovingStores, 'objects' | 'documents'>,
  tenant: string,
): Promise<string[]> {
  const names = await objects.list(`sessions/${tenant}.`)
  const ids = new Set(names.filter((name) => placeOfCheckpoint(name)).map((name) => name.split('/')[1] ?? ''))
  const lost: string[] = []
  for (const id of ids) if (tenantOf(id) === tenant && !(await documents.read(sessionPath(id)))) lost.push(id)
  return lost.toSorted()
}

/**
 * Makes a session anew of which only its checkpoints are left, because Firestore was lost: its key from the header of the newest one that
 * opens, and a new log that begins with the state of that checkpoint. It gets new keys for sending, as after every restore with losses, and
 * stays offline. The session's document is written last: a run that is cut short is run again.
 *
 * @throws HoldfastError `cannot-move` when Firestore still knows the session, or no checkpoint opens; `wrong-key` when the wrapping key is
 * another one
 */
export async function rebuildSession(stores: MovingStores, sessionId: string): Promise<Rebuilt> {
  const { documents, objects, journals, clock, random, wrappingKey } = stores
  if (await documents.read(sessionPath(sessionId))) {
    throw refused('Firestore still has the session. POST /api/sessions/{name}/restore restores it.')
  }
  const known = await loadSessionCipher(documents, sessionId, wrappingKey)
  const { cipher, keys, checkpoint, pointer } = await newestThatOpens(stores, sessionId, known)
  const { image } = checkpoint
  if (image.creds === null) throw refused(`The newest checkpoint of ${sessionId} has no credentials.`)
  if (!known && keys) await documents.commit([{ kind: 'create', path: sessionKeyPath(sessionId), fields: { ...keys } }])
  const startsAt = Math.max(pointer.seq, await endOfLog(journals, sessionId, 0)) + RECORDS_AHEAD
  const head = { sequence: startsAt - 1, epoch: pointer.epoch + EPOCHS_AHEAD, hash: checkpoint.from.hash }
  const runnerId = `rebuilding-${random.bytes(6).toString('hex')}`
  const journal = new Journal({ journals, sessionId, runnerId, clock, random, head, project: projectEvents })
  journal.unlock(cipher)
  await journal.whenDurable(journal.append({ kind: 'restore' }))
  const lost = { lostRecords: RECORDS_LOST, givenUp: null, restores: 0 }
  const cut = { ...(await journal.cut()), image: rekeyedState(image, lost, clock.now()) }
  journal.close()
  const made = await writeCheckpoint(objects, cipher, cut)
  await documents.commit([
    { kind: 'create', path: sessionPath(sessionId), fields: documentOf(sessionId, pointer, made, clock.now()) },
  ])
  if ((await readBack(stores, sessionId)).creds === null) throw refused('What the stores gave back has no credentials.')
  return { session: sessionId, from: pointer.object, startsAt: made.seq, records: image.counts() }
}

function documentOf(sessionId: string, from: CheckpointPointer, checkpoint: CheckpointPointer, nowMs: number) {
  const { seq, epoch } = checkpoint
  const aside = { reason: 'rebuilt', at: new Date(nowMs), checkpoint: from, records: { after: from.seq, upTo: seq } }
  const fields = newSession(tenantOf(sessionId), sessionNameOf(sessionId), 'offline')
  return { ...fields, epoch, journalHead: seq, checkpoint, trimmedTo: seq, putAside: [aside] }
}

interface Opened {
  readonly cipher: SessionCipher
  readonly keys: SessionKeyDocument | null
  readonly checkpoint: Checkpoint
  readonly pointer: CheckpointPointer
}

/** Opens the newest checkpoint that can be opened, by the key that is known or that its own header has. */
async function newestThatOpens(
  { objects, wrappingKey }: Pick<MovingStores, 'objects' | 'wrappingKey'>,
  sessionId: string,
  known: SessionCipher | null,
): Promise<Opened> {
  const names = (await objects.list(checkpointFolder(sessionId))).filter((name) => placeOfCheckpoint(name))
  let hasKeys = known !== null
  for (const name of names.toReversed()) {
    try {
      const keys = known ? null : await keysOf(objects, name)
      const cipher = known ?? (keys && (await unwrapSessionKeys(sessionId, keys, wrappingKey)))
      if (!cipher) continue
      hasKeys = true
      return { cipher, keys, ...(await readUnpointed(objects, cipher, name)) }
    } catch (error) {
      if (!isDamage(error)) throw error
    }
  }
  const why = hasKeys
    ? `No checkpoint of ${sessionId} opens.`
    : `No checkpoint of ${sessionId} has its key: restore session_keys from a backup of Firestore, and run this again.`
  throw refused(why)
}

async function keysOf(objects: ObjectStore, name: string): Promise<SessionKeyDocument | null> {
  const found = await objects.read(name)
  return found && wrappedKeysIn(found.bytes, name)
}
