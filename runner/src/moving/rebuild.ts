import { type Checkpoint, readUnpointed, writeCheckpoint } from '@holdfast/core/journal/checkpoint'
import { endOfLog } from '@holdfast/core/journal/journal-reader'
import { loadState } from '@holdfast/core/journal/load'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { isDamage } from '@holdfast/core/platform/errors'
import { type Change, type DocumentSnapshot, type Fields, SERVER_TIME } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { checkpointFolder, placeOfCheckpoint, sessionNameOf, tenantOf } from '@holdfast/core/session/ids'
import { parseStored } from '@holdfast/core/platform/parse'
import { newSession } from '@holdfast/core/session/new-session'
import { isSince, lastTombstone, type PurgeTombstone, sessionsWithTombstones } from '@holdfast/core/session/purge-tombstone'
import { RECORDS_LOST_AT_REBUILD } from '@holdfast/core/session/put-aside'
import {
  type CheckpointPointer,
  isPurged,
  type SessionDocument,
  sessionDocumentSchema,
  SESSIONS,
  sessionPath,
} from '@holdfast/core/session/session-document'
import { REASONS } from '@holdfast/core/session/session-states'
import { projectEvents } from '../session/events/projector.ts'
import { Journal } from '../session/journal/journal.ts'
import { rekeyedState } from '../whatsapp/baileys/signal/rekey.ts'
import { isAlive, type MovingStores, readBack } from './new-owner.ts'
import { goOnWithPurge, isOver, type Purged } from './rebuild-purged.ts'
import { FoundKeys, requireNoSuccessor } from './rebuild-keys.ts'
import { refused } from './refused.ts'

/**
 * The distance of the new log from the newest checkpoint. An owner of before can have written some hundred records since it, and more only
 * while Cloud Storage was away: no number that one can try is used a second time.
 */
const RECORDS_AHEAD = 1_000_000
const EPOCHS_AHEAD = 1000

const WHY_KEPT = {
  known: 'Firestore still has the session. POST /api/sessions/{name}/restore restores it.',
  purged: 'The session was purged, or is to be: nothing of it is rebuilt.',
  held: 'A runner that is alive has the session. Stop all runners first.',
} as const

/** What a rebuilt session was made from. */
export interface Rebuilt {
  readonly session: string
  /** The object, or `journal` when the journal of the restored Firestore goes on beyond it. */
  readonly from: string
  /** The first record of the new log. */
  readonly startsAt: number
  readonly records: Readonly<Record<string, number>>
  /** Newer checkpoints that do not open. An earlier version of one of them may have more. */
  readonly skipped: readonly SkippedCheckpoint[]
}

/** A checkpoint that does not open, and why, for people. */
interface SkippedCheckpoint {
  readonly object: string
  readonly why: string
}

export interface RebuildHow {
  /** Firestore is from a backup: what it has of a session is older than what WhatsApp has seen. */
  readonly isFirestoreOlder: boolean
}

/** Ids of the tenant's sessions that have to be rebuilt: those of which Firestore knows nothing, or all when it is from a backup. */
export async function sessionsToRebuild(
  { objects, documents }: Pick<MovingStores, 'objects' | 'documents'>,
  tenant: string,
  { isFirestoreOlder }: RebuildHow,
): Promise<string[]> {
  const names = await objects.list(`sessions/${tenant}.`)
  const known = await documents.query({ collection: SESSIONS, where: [['tenant', '==', tenant]], select: ['tenant'] })
  const ids = new Set(names.filter((name) => placeOfCheckpoint(name)).map((name) => name.split('/')[1] ?? ''))
  for (const id of await sessionsWithTombstones(objects, tenant)) ids.add(id)
  for (const { id } of known) if (isFirestoreOlder) ids.add(id)
  const isKnown = new Set(known.map(({ id }) => id))
  return [...ids].filter((id) => tenantOf(id) === tenant && (isFirestoreOlder || !isKnown.has(id))).toSorted()
}

/**
 * Makes a session anew whose newest records are lost with Firestore: from the newest checkpoint that opens, with the key in its header, or
 * from the journal where a restored Firestore has more. A new log begins with that state, far beyond the old one. It gets new keys for sending,
 * as after every restore with losses, and stays offline. The session's document is written last: a run that is cut short is run again.
 *
 * A session whose tombstone says that it was purged is not rebuilt: its purge goes on instead.
 *
 * @returns null when neither has credentials, or Firestore says that the session was purged: there is nothing to lose
 * @throws HoldfastError `cannot-move` when Firestore knows the session and is not from a backup, when a runner has it, when no checkpoint
 * opens, or when the checkpoints are
 * those of another session of its name; `data-key-destroyed` when a purge destroyed its keys; `wrong-key` when the wrapping key is another one
 */
export async function rebuildSession(
  stores: MovingStores,
  sessionId: string,
  { isFirestoreOlder }: RebuildHow,
): Promise<Rebuilt | Purged | null> {
  const { documents, objects, journals, clock, random } = stores
  const path = sessionPath(sessionId)
  const snapshot = await documents.read(path)
  if (snapshot && !isFirestoreOlder) throw refused(WHY_KEPT[snapshot.fields['purge'] ? 'purged' : 'known'])
  const session = snapshot && parseStored(sessionDocumentSchema, snapshot.fields, path)
  const tombstone = await lastTombstone(objects, sessionId)
  const isPurgedSince = tombstone !== null && !(session && isPurged(session)) && (await isOver(stores, tombstone, session))
  if (session && !isPurgedSince) await requireNoSuccessor(stores, sessionId)
  if (session && isPurged(session)) return null
  // No number of the new log is one that the owner tries next, so that nothing would stop it.
  if (session?.runnerId && (await isAlive(documents, session.runnerId))) throw refused(WHY_KEPT.held)
  if (isPurgedSince) return goOnWithPurge(stores, tombstone, session && snapshot && { session, snapshot })
  const found = await newestState(stores, sessionId, { session, tombstone })
  if (!found || (session && found.image.creds === null)) return null
  const { cipher, missingKeys, image, pointer } = found
  if (image.creds === null) throw refused(`The newest checkpoint of ${sessionId} has no credentials.`)
  if (missingKeys.length > 0) await documents.commit(missingKeys)
  const head = { ...(await placeOfNewLog(stores, sessionId, { session, tombstone })), hash: found.hash }
  const runnerId = `rebuilding-${random.bytes(6).toString('hex')}`
  const journal = new Journal({ journals, sessionId, runnerId, clock, random, head, project: projectEvents })
  journal.unlock(cipher)
  await journal.whenDurable(journal.append({ kind: 'restore' }))
  const restores = session?.putAside.filter(({ records }) => records !== null).length ?? 0
  const lost = { lostRecords: RECORDS_LOST_AT_REBUILD, givenUp: null, restores }
  const cut = { ...(await journal.cut()), image: rekeyedState(image, lost, clock.now()) }
  journal.close()
  const made = await writeCheckpoint(objects, cipher, cut)
  const aside = {
    reason: 'rebuilt',
    at: new Date(clock.now()),
    checkpoint: pointer,
    records: { after: found.seq, upTo: made.seq },
  }
  const fields = { epoch: made.epoch, journalHead: made.seq, checkpoint: made, trimmedTo: made.seq }
  await documents.commit([writeOf(sessionId, fields, aside, session && snapshot && { session, snapshot })])
  if ((await readBack(stores, sessionId)).creds === null) throw refused('What the stores gave back has no credentials.')
  return { session: sessionId, from: found.from, startsAt: made.seq, records: image.counts(), skipped: found.skipped }
}

/** The document that leads to the new log: a new one, or the restored one, which keeps what people have set. */
function writeOf(
  sessionId: string,
  fields: Fields,
  aside: Fields,
  known: { readonly session: SessionDocument; readonly snapshot: DocumentSnapshot } | null,
) {
  const path = sessionPath(sessionId)
  if (!known) {
    const made = newSession(tenantOf(sessionId), sessionNameOf(sessionId), 'offline')
    return { kind: 'create' as const, path, fields: { ...made, ...fields, putAside: [aside] } }
  }
  const stopped = { wanted: 'offline', state: 'STOPPED', reason: 'requested', ...REASONS.requested, since: SERVER_TIME }
  const without = { runnerId: null, pairing: null, nextAttemptAt: null, previousCheckpoint: null }
  const putAside = [...known.session.putAside, aside]
  const changed = { ...fields, ...stopped, ...without, putAside }
  return { kind: 'update' as const, path, fields: changed, unlessChangedSince: known.snapshot }
}

/** The place before the first record of the new log: far beyond every number that is known of the old one. */
async function placeOfNewLog(
  { objects, journals }: Pick<MovingStores, 'objects' | 'journals'>,
  sessionId: string,
  { session, tombstone }: { readonly session: SessionDocument | null; readonly tombstone: PurgeTombstone | null },
): Promise<{ sequence: number; epoch: number }> {
  const names = await objects.list(checkpointFolder(sessionId))
  const places = [...names.flatMap((name) => placeOfCheckpoint(name) ?? []), ...(tombstone ? [tombstone] : [])]
  const end = await endOfLog(journals, sessionId, 0)
  const sequence = Math.max(end, session?.journalHead ?? 0, ...places.map(({ seq }) => seq)) + RECORDS_AHEAD - 1
  return { sequence, epoch: Math.max(session?.epoch ?? 0, ...places.map(({ epoch }) => epoch)) + EPOCHS_AHEAD }
}

interface Newest {
  readonly cipher: SessionCipher
  /** From the headers of checkpoints: what Firestore lacks. */
  readonly missingKeys: readonly Change[]
  readonly image: StateImage
  readonly pointer: CheckpointPointer | null
  readonly from: string
  /** The last record that the image contains. */
  readonly seq: number
  readonly hash: string
  readonly skipped: readonly SkippedCheckpoint[]
}

/**
 * Finds the newest state: a restored journal may go on where the newest checkpoint ends, or end long before it. Null for a session that Firestore
 * knows and that has neither.
 */
async function newestState(
  stores: MovingStores,
  sessionId: string,
  { session, tombstone }: { readonly session: SessionDocument | null; readonly tombstone: PurgeTombstone | null },
): Promise<Newest | null> {
  const { documents, journals, objects, wrappingKey } = stores
  const known = await loadSessionCipher(documents, sessionId, wrappingKey)
  const keys = new FoundKeys(stores, sessionId, known)
  const opened = await newestThatOpens(stores, sessionId, { keys, tombstone })
  if (session && known) {
    const end = await endOfLog(journals, sessionId, 0)
    const cipher = keys.cipher ?? known
    const { image, reached, startedFrom } = await loadState({ journals, objects, cipher, pointers: session, end })
    // Claims are never trimmed: what is left of a journal without its checkpoints is no state.
    if (reached.sequence > (opened.checkpoint?.pointer.seq ?? 0) && (image.creds !== null || opened.checkpoint)) {
      const { sequence: seq, hash } = reached
      const skipped = opened.skipped.filter(({ object }) => (placeOfCheckpoint(object)?.seq ?? 0) > seq)
      return { cipher, missingKeys: keys.toStore(), image, pointer: startedFrom, from: 'journal', seq, hash, skipped }
    }
  }
  const hadCheckpoint = session?.checkpoint ?? session?.previousCheckpoint
  if (!opened.checkpoint && session && opened.tried === 0 && !hadCheckpoint) return null
  if (!opened.checkpoint) throw refused(opened.why)
  const { cipher, pointer, checkpoint } = opened.checkpoint
  const { image, from } = checkpoint
  return {
    cipher,
    missingKeys: keys.toStore(),
    image,
    pointer,
    from: pointer.object,
    seq: pointer.seq,
    hash: from.hash,
    skipped: opened.skipped,
  }
}

interface Opened {
  readonly cipher: SessionCipher
  readonly checkpoint: Checkpoint
  readonly pointer: CheckpointPointer
}

interface Opening {
  /** Null when none opens. */
  readonly checkpoint: Opened | null
  readonly tried: number
  readonly skipped: readonly SkippedCheckpoint[]
  readonly why: string
}

/** Opens the newest checkpoint that can be opened, by the keys that are known or that headers have; or says why none can be. */
async function newestThatOpens(
  { objects }: Pick<MovingStores, 'objects'>,
  sessionId: string,
  { keys, tombstone }: { readonly keys: FoundKeys; readonly tombstone: PurgeTombstone | null },
): Promise<Opening> {
  // What is before the record of a purge was purged.
  const listed = (await objects.describe(checkpointFolder(sessionId))).filter((one) => !tombstone || isSince(tombstone, one))
  const names = listed.map(({ name }) => name).filter((name) => placeOfCheckpoint(name))
  const tried = names.length
  const skipped: SkippedCheckpoint[] = []
  for (const name of names.toReversed()) {
    await keys.addThoseOf(name)
    const { cipher } = keys
    if (!cipher) {
      skipped.push({ object: name, why: 'Its header gives no key.' })
      continue
    }
    try {
      return { checkpoint: { cipher, ...(await readUnpointed(objects, cipher, name)) }, tried, skipped, why: '' }
    } catch (error) {
      if (!isDamage(error)) throw error
      skipped.push({ object: name, why: error.message })
    }
  }
  const named = skipped.map(({ why, object }) => (why.includes(object) ? why : `${object}: ${why}`)).join(' ')
  const why = keys.cipher
    ? `No checkpoint of ${sessionId} opens. Bring back an earlier version of one of these objects: ${named}`
    : `No checkpoint of ${sessionId} has its key: restore session_keys from a backup of Firestore, and run this again. ${named}`
  return { checkpoint: null, tried, skipped, why }
}
