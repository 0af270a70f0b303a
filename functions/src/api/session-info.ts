import type { PutAside } from '@holdfast/core/documents/session-document'
import { isHoldfastError } from '@holdfast/core/errors'
import { REASONS, reasonOfDamage } from '@holdfast/core/session-states'
import { type Assessment, assessState } from '@holdfast/core/session-log/assess'
import { checkpointFolder, placeOfCheckpoint } from '@holdfast/core/ids'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { ApiDependencies } from './app.ts'
import { cipherOf, findSession, parseUnlessDamaged } from './find-session.ts'
import { readQuery } from './request.ts'

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
  const { documents, objects, journals, wrappingKey, clock } = dependencies
  const { id: sessionId, snapshot } = await findSession(documents, name)
  const checkpoints = (await objects.list(checkpointFolder(sessionId))).filter((object) => placeOfCheckpoint(object) !== null)
  const path = { journal: journals.placeOf(sessionId), checkpoints: objects.placeOf(checkpointFolder(sessionId)) }
  // Both were read for this answer: a store that does not answer is an error of the request.
  const read = { name, readBackAt: new Date(clock.now()), store: { valid: true, path } }
  const session = parseUnlessDamaged(snapshot)
  if (isHoldfastError(session)) {
    const damaged = { status: 'corrupt', error: session, loaded: null, end: 0 } as const
    return {
      ...read,
      session: { exists: true, status: 'corrupt', ...storedOf(damaged) },
      persistence: { willSurviveRestart: false },
    }
  }
  const openCipher = () => cipherOf(documents, sessionId, wrappingKey)
  const assessment = await assessState({ journals, objects, sessionId, session, openCipher })
  return {
    ...read,
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
    putAside: session.putAside.map(asideAnswer),
  }
}

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
