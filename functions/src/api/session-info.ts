import { runnerDocumentSchema } from '@holdfast/core/documents/runner-document'
import type { PutAside, SessionDocument } from '@holdfast/core/documents/session-document'
import { type HoldfastError, isHoldfastError, isStoreTrouble } from '@holdfast/core/errors'
import { REASONS, reasonOfDamage } from '@holdfast/core/session-states'
import { parkedStanzasPath } from '@holdfast/core/documents/parked-stanza-document'
import { type Assessment, assessState } from '@holdfast/core/session-log/assess'
import { checkpointFolder, placeOfCheckpoint } from '@holdfast/core/ids'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { ApiDependencies } from './app.ts'
import { cipherOf, findSession, parseUnlessDamaged } from './find-session.ts'
import { readQuery } from './request.ts'
import { ownerOf } from './sessions.ts'

const querySchema = z.object({ session: z.string({ error: 'is required: the name of a session' }) })

/** What is stored of a session, read back for the answer: nothing is taken on the word of the runner that wrote it. */
export function sessionInfoRoutes(dependencies: ApiDependencies): Hono {
  const routes = new Hono()
  const answer = async (context: Context, name: string) => context.json(await infoOf(dependencies, name))
  routes.get('/sessions/:name/info', (context) => answer(context, context.req.param('name')))
  routes.get('/session-info', (context) => answer(context, readQuery(context, querySchema).session))
  return routes
}

async function infoOf(dependencies: ApiDependencies, name: string) {
  const { documents, objects, journals, clock } = dependencies
  const { id: sessionId, snapshot } = await findSession(documents, name)
  const session = parseUnlessDamaged(snapshot)
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
    // Delivered by WhatsApp, and readable by nobody here: each is a document for a person to look at.
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
}

/** Reads all of it back; or what keeps it from being read from here, which says nothing of the state. */
async function readStored(
  { documents, objects, journals, wrappingKey }: ApiDependencies,
  sessionId: string,
  session: SessionDocument | HoldfastError,
): Promise<Stored | { readonly trouble: { code: string; sentence: string; advice: string } }> {
  const openCipher = () => cipherOf(documents, sessionId, wrappingKey)
  try {
    const objectNames = await objects.list(checkpointFolder(sessionId))
    const checkpoints = objectNames.filter((object) => placeOfCheckpoint(object) !== null)
    if (isHoldfastError(session)) {
      return { assessment: { status: 'corrupt', error: session, loaded: null, end: 0 }, checkpoints }
    }
    const assessment = await assessState({ journals, objects, sessionId, session, openCipher })
    const here = journals.placeOf(sessionId)
    const isMissing = assessment.status === 'corrupt' && assessment.error.code === 'journal-missing'
    if (isMissing && session.journalPlace !== null && session.journalPlace !== here) return elsewhere(session.journalPlace, here)
    return { assessment, checkpoints }
  } catch (error) {
    if (!isStoreTrouble(error)) throw error
    return { trouble: { code: error.code, sentence: error.message, advice: error.advice ?? '' } }
  }
}

const elsewhere = (place: string, here: string) => ({
  trouble: {
    code: 'store-elsewhere',
    sentence: `The session's runner keeps its journal at ${place}; this API looks at ${here}.`,
    advice: 'Give the API the storage settings of the runner; with SESSION_STORAGE_TYPE=local it has to run on the same host.',
  },
})

const knownState = (session: SessionDocument, { assessment, checkpoints }: Stored) => ({
  session: { exists: assessment.status !== 'missing', status: assessment.status, ...storedOf(assessment) },
  persistence: { willSurviveRestart: assessment.status === 'valid' },
  journal: {
    head: session.journalHead,
    end: 'end' in assessment ? assessment.end : 0,
    replayed: 'loaded' in assessment ? (assessment.loaded?.replayed ?? 0) : 0,
    trimmedTo: session.trimmedTo,
  },
  lastCheckpoint: session.checkpoint && pick(session.checkpoint),
  lastBackup: checkpoints.at(-1) ?? null,
  backups: checkpoints.length,
})

const damagedDocument = (error: HoldfastError) => ({
  session: { exists: true, status: 'corrupt', ...storedOf({ status: 'corrupt', error, loaded: null, end: 0 }) },
  persistence: { willSurviveRestart: false },
})

/** Nothing was read back, so nothing is promised. */
const unknownState = (session: SessionDocument) => ({
  session: { exists: session.journalHead > 0 || session.checkpoint !== null, status: 'unknown', records: {} },
  persistence: { willSurviveRestart: false },
  journal: { head: session.journalHead, end: null, replayed: 0, trimmedTo: session.trimmedTo },
  lastCheckpoint: session.checkpoint && pick(session.checkpoint),
  lastBackup: null,
  backups: null,
})

/** How many values there are of each kind, or what is wrong. */
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
