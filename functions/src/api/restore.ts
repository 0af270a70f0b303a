import { type SessionDocument, sessionPath } from '@holdfast/core/session/session-document'
import { DEFAULT_TENANT, SESSION_NAME, sessionIdOf } from '@holdfast/core/session/ids'
import { ofSession } from '@holdfast/core/platform/logging'
import type { Fields } from '@holdfast/core/platform/ports'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { isRestorable, type Loaded } from '@holdfast/core/journal/load'
import { assessState } from '@holdfast/core/journal/assess'
import { REASONS, type ReasonCode, reasonOfDamage } from '@holdfast/core/session/session-states'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { ApiDependencies } from '../app/app.ts'
import { cipherOf, findSession, parseSessionUnlessDamaged, unknownSession } from '../use-cases/find-session.ts'
import { documentOfLost } from '../use-cases/lost-session.ts'
import { problem, sentenceOf } from '../app/problems.ts'
import { requestAction } from './recovery-actions.ts'
import { readOptionalBody, unknownField } from '../app/request.ts'
import { concerns } from '../app/request-context.ts'

const restoreSchema = z.object({ approve: z.boolean('must be true or false').default(false) }).catchall(unknownField)

/**
 * Puts a damaged session together from what is left of it. Without `approve` nothing is done: the answer says what would be lost.
 * What costs nothing is never asked for: an older checkpoint whose journal still reaches the end is taken by the owner itself.
 */
export function restoreRoutes(dependencies: ApiDependencies): Hono {
  const { documents, objects, journals, wrappingKey, logger } = dependencies
  const routes = new Hono()

  /** Its document is gone, but not its state: nothing is lost by writing it anew. */
  const bringBack = async (context: Context, name: string, fields: Fields, approve: boolean): Promise<Response> => {
    const { journalHead, checkpoint } = fields as Pick<SessionDocument, 'journalHead' | 'checkpoint'>
    const plan = { reason: 'document-missing', found: { journalHead, checkpoint: checkpoint?.object ?? null } }
    const sentence = 'The document of the session is gone; its key is there. It can be written anew; nothing is lost by it.'
    if (!approve) return context.json({ approved: false, ...plan, sentence, next: nextStep(name) })
    const sessionId = sessionIdOf(DEFAULT_TENANT, name)
    await documents.commit([{ kind: 'create', path: sessionPath(sessionId), fields }])
    concerns(ofSession(sessionId))
    logger.warn({ journalHead }, 'The document of a lost session was written anew.')
    return context.json({ approved: true, ...plan, next: `Start it: POST /api/sessions/${name}/start.` }, 201)
  }

  routes.post('/sessions/:name/restore', async (context) => {
    const { approve } = await readOptionalBody(context, restoreSchema)
    const name = context.req.param('name')
    const lost = await lostFields(dependencies, name)
    if (lost) return bringBack(context, name, lost, approve)
    const { id: sessionId, snapshot } = await findSession(documents, name)
    const session = parseSessionUnlessDamaged(snapshot)
    if (isHoldfastError(session)) throw problem('cannot-restore', sentenceOf(session))
    const openCipher = () => cipherOf(documents, sessionId, wrappingKey)
    const assessment = await assessState({ journals, objects, sessionId, session, openCipher })
    if (assessment.status !== 'corrupt') {
      throw problem(
        'nothing-to-restore',
        `The stored state of "${name}" is ${assessment.status === 'valid' ? 'whole' : 'empty'}.`,
      )
    }
    const { error, loaded, end } = assessment
    const reason = reasonOfDamage(error.code)
    if (!loaded || !isRestorable(loaded) || error.code === 'unknown-version') {
      throw problem('cannot-restore', `${REASONS[reason].sentence} ${cannot(loaded, reason)}`)
    }
    const plan = {
      reason,
      ...REASONS[reason],
      wouldLose: wouldLose(loaded, end),
      from: loaded.startedFrom?.object ?? 'the journal',
    }
    if (!approve) {
      return context.json({ approved: false, ...plan, next: nextStep(name) })
    }
    const approved = { reaches: loaded.reached.sequence }
    const why = `Restore from ${plan.from}, giving up ${plan.wouldLose.records} records (${reason}).`
    const action = await requestAction(documents, { sessionId, type: 'restore', why, approved })
    logger.warn({ action: action.id, reason, reaches: approved.reaches, end }, 'A restore with losses was agreed to.')
    return context.json({ approved: true, ...plan, action }, 202)
  })

  return routes
}

/** Null when the session's document is there, or nothing of it is. */
async function lostFields(dependencies: ApiDependencies, name: string): Promise<Fields | null> {
  if (!SESSION_NAME.test(name)) throw unknownSession(name)
  const isThere = await dependencies.documents.read(sessionPath(sessionIdOf(DEFAULT_TENANT, name)))
  return isThere ? null : documentOfLost(dependencies, name)
}

const nextStep = (name: string): string => `Nothing was done. To agree: POST /api/sessions/${name}/restore {"approve": true}.`

function wouldLose({ reached }: Loaded, end: number) {
  return {
    records: end - reached.sequence,
    after: reached.sequence,
    upTo: end,
    /** When the last record was written that would be kept; null where the store does not say. */
    since: reached.at,
    sentence:
      'Key changes since then are lost, and of what was received since then all that has no document yet: bytes that could not be ' +
      'read and were not parked, what the phone told of its past and was still being stored, a message that Firestore had not taken. ' +
      'Jobs, and received messages that GET /api/{session}/messages lists, have documents of their own and stay. The session is ' +
      'given new keys to send with; a contact whose newest message cannot be read is asked for it again, by itself.',
  }
}

const cannot = (loaded: Loaded | null, reason: ReasonCode): string =>
  loaded && !isRestorable(loaded) && reason !== 'journal-missing'
    ? 'Nothing that is left holds the credentials: bring documents or objects back from a backup of Firestore or Cloud Storage.'
    : 'No restore helps here; see userAction of the session.'
