import { endOfLog } from '@holdfast/core/journal/journal-reader'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { loadState } from '@holdfast/core/journal/load'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { runnerPath } from '@holdfast/core/operations/runner-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Clock, DocumentCounter, DocumentStore, Fields, ObjectStore, Random } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { KeyWrapping } from '@holdfast/core/security/key-wrapping'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { sessionDocumentSchema, sessionPath, type SessionDocument } from '@holdfast/core/session/session-document'
import type { ReasonCode } from '@holdfast/core/session/session-states'
import { RecordArchive } from '../session/archive/record-archive.ts'
import { claimSession } from '../session/claim.ts'
import { projectEvents } from '../session/events/projector.ts'
import { Checkpointer } from '../session/journal/checkpointer.ts'
import { DataKeys } from '../session/journal/data-keys.ts'
import { Journal } from '../session/journal/journal.ts'
import { JournaledState } from '../session/journal/journaled-state.ts'

export interface MovingStores {
  readonly documents: DocumentStore & DocumentCounter
  readonly journals: JournalStore
  readonly objects: ObjectStore
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly wrappingKey: KeyWrapping
}

/** The owner of a session while it is moved. It dials nothing. */
export interface MovingOwner {
  readonly state: JournaledState
  /** Writes the state as a checkpoint, and points to it. */
  backup(): Promise<void>
  /** Stops the session and lets it go. `fields` are merged into its document with that record. */
  release(reason: ReasonCode, fields: Fields): Promise<void>
  /** The records that clean-up moved out of the state. */
  readonly archived: RecordArchive
}

/**
 * Claims a session as a runner does, and reads its state. Whoever owned it before can append nothing from then on.
 *
 * @throws HoldfastError `cannot-move` when `mayClaim` refuses it or another owner was faster; damage of its state as it is
 */
export async function ownSession(
  stores: MovingStores,
  sessionId: string,
  mayClaim: (session: SessionDocument) => boolean,
): Promise<MovingOwner> {
  const { documents, journals, objects, clock, random, logger, wrappingKey } = stores
  const runnerId = `moving-${random.bytes(6).toString('hex')}`
  const claim = await claimSession({ documents, journals, clock, random, sessionId, runnerId, wrappingKey, mayClaim })
  if (!claim) throw new HoldfastError('cannot-move', 'Another owner has taken the session meanwhile. Run this again.')
  const { head, session } = claim
  const cipher = await cipherOf(stores, sessionId)
  const loaded = await loadState({ journals, objects, cipher, pointers: session, end: head.sequence })
  if (loaded.trouble) throw loaded.trouble
  const journal = new Journal({ journals, sessionId, runnerId, clock, random, head, project: projectEvents })
  journal.unlock(cipher)
  const state = new JournaledState(loaded.image, journal)
  const { startedFrom } = loaded
  const [policy, tidyUp] = [{ everyRecords: 1, everyMs: 0 }, () => {}]
  const keys = new DataKeys({ cipher, documents, wrappingKey, clock, logger })
  const parts = { state, tidyUp, cipher, keys, journals, objects, clock, logger }
  const checkpointer = new Checkpointer({ ...parts, policy, session, startedFrom })
  return {
    state,
    archived: new RecordArchive({ image: loaded.image, objects, cipher, clock, logger }),
    backup: async () => void (await checkpointer.backup({ why: 'moved-in' })),
    async release(reason, fields) {
      const { promise: written, resolve: onWritten, reject } = Promise.withResolvers<void>()
      written.catch(() => {})
      const onRefused = (): void => reject(new Error('Firestore refused the release of the session.'))
      const shown = { state: 'STOPPED' as const, reason }
      const events = [{ type: 'session.released' as const, shown, figures: figuresOf(session) }]
      const writes = () => [{ kind: 'merge' as const, path: sessionPath(sessionId), fields }]
      await journal.whenDurable(state.append({ kind: 'release', events, writes, onWritten, onRefused, onEnd: reject }))
      await written
      journal.close()
    },
  }
}

/**
 * Reads the state of a session from the stores, as its next owner will.
 *
 * @throws HoldfastError when it cannot be read whole
 */
export async function readBack(stores: MovingStores, sessionId: string): Promise<StateImage> {
  const { documents, journals, objects } = stores
  const session = await sessionOf(documents, sessionId)
  const cipher = await cipherOf(stores, sessionId)
  const end = await endOfLog(journals, sessionId, session.journalHead)
  const { image, trouble } = await loadState({ journals, objects, cipher, pointers: session, end })
  if (trouble) throw trouble
  return image
}

/** Whether the runner's heartbeat is young enough. */
export async function isAlive(documents: DocumentStore, runnerId: string): Promise<boolean> {
  const runner = await documents.read(runnerPath(runnerId))
  return runner !== null && runner.silentForMs <= Number(runner.fields['deadAfterMs'])
}

/** @throws HoldfastError `cannot-move` when there is no such session, `bad-document` when it does not parse */
export async function sessionOf(documents: DocumentStore, sessionId: string): Promise<SessionDocument> {
  const path = sessionPath(sessionId)
  const snapshot = await documents.read(path)
  if (!snapshot) throw new HoldfastError('cannot-move', 'There is no such session.')
  return parseStored(sessionDocumentSchema, snapshot.fields, path)
}

async function cipherOf({ documents, wrappingKey }: MovingStores, sessionId: string): Promise<SessionCipher> {
  const cipher = await loadSessionCipher(documents, sessionId, wrappingKey)
  if (cipher) return cipher
  throw new HoldfastError('data-key-missing', `Session ${sessionId} has no data key.`)
}

/** Nothing is counted during a move. */
const figuresOf = ({ counters, recovery }: SessionDocument) => ({
  counters,
  downSince: null,
  lastProofOfLifeAt: null,
  lastInboundAt: null,
  phoneSeenAt: null,
  recovery,
  lastDisconnect: null,
})
