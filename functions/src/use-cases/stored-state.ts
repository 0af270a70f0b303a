import { runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import type { PutAside, SessionDocument } from '@holdfast/core/session/session-document'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { type HoldfastError, isDamage, isHoldfastError, isKeyTrouble, isStoreTrouble } from '@holdfast/core/platform/errors'
import { REASONS, reasonOfDamage } from '@holdfast/core/session/session-states'
import { parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import { type Assessment, assessState } from '@holdfast/core/journal/assess'
import { readUnpointed } from '@holdfast/core/journal/checkpoint'
import { type Loaded, lostBehindCheckpoints } from '@holdfast/core/journal/load'
import type { ObjectStore } from '@holdfast/core/platform/ports'
import { checkpointFolder, placeOfCheckpoint } from '@holdfast/core/session/ids'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { cipherOf, findSession, ownerOf, parseSessionUnlessDamaged } from './find-session.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'journals' | 'wrappingKey' | 'clock'>

/**
 * Reads the stored state of a session and judges it. It trusts no report of the runner that wrote the state.
 *
 * @throws Refusal `unknown-session`
 */
export async function judgeStoredState(dependencies: Needed, principal: Principal, name: string) {
  const { documents, objects, journals, clock } = dependencies
  const { id: sessionId, snapshot } = await findSession(documents, principal, name)
  const session = parseSessionUnlessDamaged(snapshot)
  const unresolved = [['resolvedAt', '==', null]] as const
  const [stored, owner, parkedStanzas] = await Promise.all([
    readStored(dependencies, sessionId, session),
    ownerOf(documents, snapshot),
    documents.count({ collection: parkedStanzasPath(sessionId), where: unresolved }),
  ])
  const path = { journal: journals.placeOf(sessionId), checkpoints: objects.placeOf(checkpointFolder(sessionId)) }
  const problems = 'trouble' in stored ? [stored.trouble] : []
  const checkedByOwner = runnerDocumentSchema.safeParse(owner?.fields).data?.store ?? null
  const read = {
    name,
    readBackAt: new Date(clock.now()),
    store: { valid: problems.length === 0, path, problems, checkedByOwner },
    // WhatsApp delivered these messages, but the runner could not read them. Each has a document for an operator to look at.
    parkedStanzas,
  }
  if (isHoldfastError(session)) return { ...read, ...damagedDocument(session) }
  return {
    ...read,
    ...('trouble' in stored ? unknownState(session) : knownState(session, stored)),
    putAside: session.putAside.map(asideAnswer),
  }
}

interface Stored {
  readonly assessment: Assessment
  /** Names, ascending. */
  readonly checkpoints: readonly string[]
  readonly damaged: readonly Damaged[]
  /** The newest checkpoint that can be opened. Null when none can, or when there is no key. */
  readonly lastBackup: string | null
}

/** A checkpoint that cannot be used. */
interface Damaged {
  readonly object: string
  readonly code: string
}

/** Reads the whole state, or returns the trouble that prevents this API from reading it, which says nothing about the state. */
async function readStored(
  { documents, objects, journals, wrappingKey }: Omit<Needed, 'clock'>,
  sessionId: string,
  session: SessionDocument | HoldfastError,
): Promise<Stored | { readonly trouble: { code: string; sentence: string; advice: string } }> {
  const openCipher = () => cipherOf(documents, sessionId, wrappingKey)
  try {
    const objectNames = await objects.list(checkpointFolder(sessionId))
    const checkpoints = objectNames.filter((object) => placeOfCheckpoint(object) !== null)
    const assessment = isHoldfastError(session)
      ? corrupt(session)
      : notNew(await assessState({ journals, objects, sessionId, session, openCipher }), () =>
          checkpoints.length > 0 ? lostBehindCheckpoints(sessionId, journals, objects) : null,
        )
    const here = journals.placeOf(sessionId)
    const place = isHoldfastError(session) ? null : session.journalPlace
    const isMissing = assessment.status === 'corrupt' && assessment.error.code === 'journal-missing'
    if (isMissing && place !== null && place !== here) return elsewhere(place, here)
    const known = 'loaded' in assessment ? assessment.loaded : null
    const backup = await newestThatOpens(objects, checkpoints, known, openCipher)
    return { assessment, checkpoints, ...backup }
  } catch (error) {
    if (!isStoreTrouble(error)) throw error
    return { trouble: { code: error.code, sentence: error.message, advice: error.advice ?? '' } }
  }
}

const corrupt = (error: HoldfastError): Assessment => ({ status: 'corrupt', error, loaded: null, end: 0 })

/** Turns `missing` into `corrupt` when there are checkpoints, because a session with checkpoints was linked once. */
function notNew(assessment: Assessment, traces: () => HoldfastError | null): Assessment {
  const error = assessment.status === 'missing' ? traces() : null
  return error ? corrupt(error) : assessment
}

/** Finds the newest checkpoint that can be opened. It does not read again what the assessment has read. */
async function newestThatOpens(
  objects: ObjectStore,
  names: readonly string[],
  loaded: Loaded | null,
  openCipher: () => Promise<SessionCipher>,
): Promise<Pick<Stored, 'damaged' | 'lastBackup'>> {
  const damaged: Damaged[] = (loaded?.damaged ?? []).map(({ object, code }) => ({ object, code }))
  const cipher = names.length === 0 ? null : await openCipher().catch(unlessKeyOpens)
  if (!cipher) return { damaged, lastBackup: null }
  for (const object of names.toReversed()) {
    if (object === loaded?.startedFrom?.object) return { damaged, lastBackup: object }
    if (damaged.some((one) => one.object === object)) continue
    try {
      await readUnpointed(objects, cipher, object)
      return { damaged, lastBackup: object }
    } catch (error) {
      if (!isDamage(error)) throw error
      damaged.push({ object, code: error.code })
    }
  }
  return { damaged, lastBackup: null }
}

/** Returns null for an error of the key, because no checkpoint can be judged without the key. */
function unlessKeyOpens(error: unknown): null {
  if (isKeyTrouble(error) || isDamage(error)) return null
  throw error
}

const elsewhere = (place: string, here: string) => ({
  trouble: {
    code: 'store-elsewhere',
    sentence: `The session's runner keeps its journal at ${place}; this API looks at ${here}.`,
    advice: 'Give the API the storage settings of the runner; with SESSION_STORAGE_TYPE=local it has to run on the same host.',
  },
})

const knownState = (session: SessionDocument, { assessment, checkpoints, damaged, lastBackup }: Stored) => ({
  session: { exists: assessment.status !== 'missing', status: assessment.status, ...storedOf(assessment) },
  persistence: { willSurviveRestart: assessment.status === 'valid' },
  journal: {
    head: session.journalHead,
    end: 'end' in assessment ? assessment.end : 0,
    replayed: 'loaded' in assessment ? (assessment.loaded?.replayed ?? 0) : 0,
    trimmedTo: session.trimmedTo,
  },
  lastCheckpoint: session.checkpoint && pick(session.checkpoint),
  lastBackup,
  backups: checkpoints.length,
  damaged,
})

const damagedDocument = (error: HoldfastError) => ({
  session: { exists: true, status: 'corrupt' as const, ...storedOf(corrupt(error)) },
  persistence: { willSurviveRestart: false },
})

/** The answer when the store cannot be read. It promises nothing. */
const unknownState = (session: SessionDocument) => ({
  session: { exists: session.journalHead > 0 || session.checkpoint !== null, status: 'unknown' as const, records: {} },
  persistence: { willSurviveRestart: false },
  journal: { head: session.journalHead, end: null, replayed: 0, trimmedTo: session.trimmedTo },
  lastCheckpoint: session.checkpoint && pick(session.checkpoint),
  lastBackup: null,
  backups: null,
  damaged: [],
})

/** Returns the number of values of each kind, and the reason when the state is corrupt. */
function storedOf(assessment: Assessment) {
  switch (assessment.status) {
    case 'missing':
      return { records: {} }
    case 'valid':
      return { records: assessment.loaded.image.counts() }
    case 'corrupt': {
      const reason = reasonOfDamage(assessment.error.code)
      return { records: assessment.loaded?.image.counts() ?? {}, reason, ...REASONS[reason] }
    }
  }
}

const pick = ({ object, seq, epoch }: { object: string; seq: number; epoch: number }) => ({ object, seq, epoch })

const asideAnswer = ({ reason, at, checkpoint, records }: PutAside) => ({
  reason,
  at,
  checkpoint: checkpoint && pick(checkpoint),
  records,
})
