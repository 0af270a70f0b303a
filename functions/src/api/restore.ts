import { isRestorable, type Loaded } from '@holdfast/core/session-log/load'
import { assessState } from '@holdfast/core/session-log/assess'
import { REASONS, reasonOfDamage } from '@holdfast/core/session-states'
import { Hono } from 'hono'
import { z } from 'zod'
import type { ApiDependencies } from './app.ts'
import { cipherOf, findSession, parseSession } from './find-session.ts'
import { problem } from './problems.ts'
import { requestAction } from './recovery-actions.ts'
import { readOptionalBody, unknownField } from './request.ts'

const restoreSchema = z.object({ approve: z.boolean('must be true or false').default(false) }).catchall(unknownField)

/**
 * Puts a damaged session together from what is left of it. Without `approve` nothing is done: the answer says what would be lost.
 * What costs nothing is never asked for: an older checkpoint whose journal still reaches the end is taken by the owner itself.
 */
export function restoreRoutes({ documents, objects, journals, wrappingKey, logger }: ApiDependencies): Hono {
  const routes = new Hono()

  routes.post('/sessions/:name/restore', async (context) => {
    const { approve } = await readOptionalBody(context, restoreSchema)
    const name = context.req.param('name')
    const { id: sessionId, snapshot } = await findSession(documents, name)
    const session = parseSession(snapshot)
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
      throw problem('cannot-restore', `${REASONS[reason].sentence} ${cannot(loaded)}`)
    }
    const plan = {
      reason,
      ...REASONS[reason],
      wouldLose: wouldLose(loaded, end),
      from: loaded.startedFrom?.object ?? 'the journal',
    }
    if (!approve) {
      const next = `Nothing was done. To agree: POST /api/sessions/${name}/restore {"approve": true}.`
      return context.json({ approved: false, ...plan, next })
    }
    const approved = { reaches: loaded.reached.sequence }
    const why = `Restore from ${plan.from}, giving up ${plan.wouldLose.records} records (${reason}).`
    const action = await requestAction(documents, { sessionId, type: 'restore', why, approved })
    logger.warn({ sessionId, action: action.id, reason, reaches: approved.reaches, end }, 'A restore with losses was agreed to.')
    return context.json({ approved: true, ...plan, action }, 202)
  })

  return routes
}

function wouldLose({ reached }: Loaded, end: number) {
  return {
    records: end - reached.sequence,
    after: reached.sequence,
    upTo: end,
    /** When the last record was written that would be kept; null where the store does not say. */
    since: reached.at,
    sentence:
      'Key changes since then are lost, no received messages and no jobs: those have documents of their own. The session is given ' +
      'new keys to send with; a contact whose newest message cannot be read is asked for it again, by itself.',
  }
}

const cannot = (loaded: Loaded | null): string =>
  loaded && !isRestorable(loaded)
    ? 'Nothing that is left holds the credentials: bring documents or objects back from a backup of Firestore or Cloud Storage.'
    : 'No restore helps here; see userAction of the session.'
