import { type SessionDocument, sessionPath } from '@holdfast/core/session/session-document'
import { ofSession } from '@holdfast/core/session/log-fields'
import { recordsIn } from '@holdfast/core/session/put-aside'
import type { Fields } from '@holdfast/core/platform/ports'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { isRestorable, type Loaded } from '@holdfast/core/journal/load'
import { assessState } from '@holdfast/core/journal/assess'
import { REASONS, type ReasonCode, reasonOfDamage } from '@holdfast/core/session/session-states'
import type { Principal } from '../app/principal.ts'
import { concerns } from '../app/request-context.ts'
import type { Dependencies } from './dependencies.ts'
import { cipherOf, findSession, namedSession, parseSessionUnlessDamaged } from './find-session.ts'
import { documentOfLost } from './lost-session.ts'
import { requestAction } from './recoveries/request-action.ts'
import { Refusal, sentenceOf } from './refusal.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'journals' | 'wrappingKey' | 'logger'>

export type RestorePlan = Awaited<ReturnType<typeof planOf>>['plan']

interface RestoreRequest {
  readonly name: string
  /** If false, nothing is changed, and the answer says what would be lost. */
  readonly approve: boolean
}

/**
 * Restores a damaged session from the state that is left. A restore without losses needs no request: when the journal after an
 * older checkpoint is complete, the owner uses that checkpoint by itself.
 *
 * @throws Refusal `unknown-session`, `nothing-to-restore` or `cannot-restore`
 */
export async function restoreSession(dependencies: Needed, principal: Principal, { name, approve }: RestoreRequest) {
  const lost = await lostFields(dependencies, principal, name)
  if (lost) return bringBack(dependencies, namedSession(principal, name), lost, { name, approve })
  const { documents, logger } = dependencies
  const { sessionId, plan, reaches, end } = await restorePlanOf(dependencies, principal, name)
  if (!approve) return { outcome: 'planned', body: { approved: false, ...plan, next: nextStep(name) } } as const
  const why = whyOf(plan)
  const action = await requestAction(documents, principal, { sessionId, type: 'restore', why, approved: { reaches } })
  logger.warn({ action: action.id, reason: plan.reason, reaches, end }, 'A restore with losses was approved.')
  return { outcome: 'requested', body: { approved: true, ...plan, action } } as const
}

/**
 * Returns what a restore would keep and lose, and the last record that it would keep. Nothing is changed.
 *
 * @throws Refusal `unknown-session`, `nothing-to-restore` or `cannot-restore`
 */
export async function restorePlanOf(dependencies: Needed, principal: Principal, name: string) {
  const { id: sessionId, snapshot } = await findSession(dependencies.documents, principal, name)
  const session = parseSessionUnlessDamaged(snapshot)
  if (isHoldfastError(session)) throw new Refusal('cannot-restore', sentenceOf(session))
  return { sessionId, ...(await planOf(dependencies, { sessionId, session, name })) }
}

/** Creates the missing document of a session again. Its state still exists, so nothing is lost. */
async function bringBack({ documents, logger }: Needed, sessionId: string, fields: Fields, { name, approve }: RestoreRequest) {
  const { journalHead, checkpoint } = fields as Pick<SessionDocument, 'journalHead' | 'checkpoint'>
  const plan = { reason: 'document-missing' as const, found: { journalHead, checkpoint: checkpoint?.object ?? null } }
  const sentence =
    'The document of the session is gone, but its key exists. The document can be created again, and nothing is lost.'
  if (!approve) return { outcome: 'planned', body: { approved: false, ...plan, sentence, next: nextStep(name) } } as const
  await documents.commit([{ kind: 'create', path: sessionPath(sessionId), fields }])
  concerns(ofSession(sessionId))
  logger.warn({ journalHead }, 'The missing document of a session was created again.')
  const next = `Start it: POST /api/sessions/${name}/start.`
  return { outcome: 'created', body: { approved: true, ...plan, next } } as const
}

/** Reads the stored state and returns what a restore would keep and lose. */
async function planOf(
  { documents, objects, journals, wrappingKey }: Needed,
  { sessionId, session, name }: { readonly sessionId: string; readonly session: SessionDocument; readonly name: string },
) {
  const openCipher = () => cipherOf(documents, sessionId, wrappingKey)
  const assessment = await assessState({ journals, objects, sessionId, session, openCipher })
  if (assessment.status !== 'corrupt') {
    const state = assessment.status === 'valid' ? 'whole' : 'empty'
    throw new Refusal('nothing-to-restore', `The stored state of "${name}" is ${state}.`)
  }
  const { error, loaded, end } = assessment
  const reason = reasonOfDamage(error.code)
  if (!loaded || !isRestorable(loaded) || error.code === 'unknown-version') {
    throw new Refusal('cannot-restore', `${REASONS[reason].sentence} ${cannot(loaded, reason)}`)
  }
  const from = loaded.startedFrom?.object ?? 'the journal'
  const plan = { reason, ...REASONS[reason], wouldLose: wouldLose(loaded, session, end), from }
  return { plan, reaches: loaded.reached.sequence, end }
}

/**
 * Returns the fields for a missing session document. Null when the document exists, or nothing of the session exists.
 *
 * @throws Refusal `cannot-restore` when the session was purged
 */
async function lostFields(dependencies: Needed, principal: Principal, name: string): Promise<Fields | null> {
  const sessionId = namedSession(principal, name)
  const isThere = await dependencies.documents.read(sessionPath(sessionId))
  if (isThere) return null
  try {
    return await documentOfLost(dependencies, sessionId)
  } catch (error) {
    throw isHoldfastError(error, 'data-key-destroyed') ? new Refusal('cannot-restore', sentenceOf(error)) : error
  }
}

export const whyOf = ({ from, wouldLose, reason }: RestorePlan): string =>
  `Restore from ${from}, giving up ${wouldLose.records} records (${reason}).`

const nextStep = (name: string): string => `Nothing was done. To agree: POST /api/sessions/${name}/restore {"approve": true}.`

function wouldLose({ reached }: Loaded, { putAside }: SessionDocument, end: number) {
  return {
    records: recordsIn(putAside, { after: reached.sequence, upTo: end }),
    after: reached.sequence,
    upTo: end,
    /** When the last record that would be kept was written; null when the store does not say. */
    since: reached.at,
    sentence:
      'All key changes since then are lost. Received data since then is lost if it has no document yet: stanzas that could not ' +
      "be read and were not parked, parts of the phone's history that were not stored yet, and messages that Firestore had not " +
      'accepted. Jobs, and received messages that GET /api/{session}/messages lists, have documents of their own and stay. The ' +
      'session gets new keys for sending. It automatically requests the newest message of a contact again if it cannot read it.',
  }
}

const cannot = (loaded: Loaded | null, reason: ReasonCode): string =>
  loaded && !isRestorable(loaded) && reason !== 'journal-missing'
    ? 'The state that is left has no credentials. Restore documents or objects from a backup of Firestore or Cloud Storage.'
    : 'No restore helps here; see userAction of the session.'
