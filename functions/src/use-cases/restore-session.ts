import { type SessionDocument, sessionPath } from '@holdfast/core/session/session-document'
import { ofSession } from '@holdfast/core/session/log-fields'
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
import { requestAction } from './recovery-actions.ts'
import { Refusal, sentenceOf } from './refusal.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'journals' | 'wrappingKey' | 'logger'>

interface RestoreRequest {
  readonly name: string
  /** False: nothing is done, and the answer says what would be lost. */
  readonly approve: boolean
}

/**
 * Puts a damaged session together from what is left of it. It is never asked for what costs nothing: the owner itself takes an older
 * checkpoint whose journal still reaches the end.
 *
 * @throws Refusal `unknown-session`, `nothing-to-restore` or `cannot-restore`
 */
export async function restoreSession(dependencies: Needed, principal: Principal, { name, approve }: RestoreRequest) {
  const lost = await lostFields(dependencies, principal, name)
  if (lost) return bringBack(dependencies, namedSession(principal, name), lost, { name, approve })
  const { documents, logger } = dependencies
  const { id: sessionId, snapshot } = await findSession(documents, principal, name)
  const session = parseSessionUnlessDamaged(snapshot)
  if (isHoldfastError(session)) throw new Refusal('cannot-restore', sentenceOf(session))
  const { plan, reaches, end } = await planOf(dependencies, { sessionId, session, name })
  if (!approve) return { outcome: 'planned', body: { approved: false, ...plan, next: nextStep(name) } } as const
  const why = `Restore from ${plan.from}, giving up ${plan.wouldLose.records} records (${plan.reason}).`
  const action = await requestAction(documents, principal, { sessionId, type: 'restore', why, approved: { reaches } })
  logger.warn({ action: action.id, reason: plan.reason, reaches, end }, 'A restore with losses was agreed to.')
  return { outcome: 'requested', body: { approved: true, ...plan, action } } as const
}

/** The document of the session is gone, but not its state: nothing is lost by writing the document anew. */
async function bringBack({ documents, logger }: Needed, sessionId: string, fields: Fields, { name, approve }: RestoreRequest) {
  const { journalHead, checkpoint } = fields as Pick<SessionDocument, 'journalHead' | 'checkpoint'>
  const plan = { reason: 'document-missing' as const, found: { journalHead, checkpoint: checkpoint?.object ?? null } }
  const sentence = 'The document of the session is gone; its key is there. It can be written anew; nothing is lost by it.'
  if (!approve) return { outcome: 'planned', body: { approved: false, ...plan, sentence, next: nextStep(name) } } as const
  await documents.commit([{ kind: 'create', path: sessionPath(sessionId), fields }])
  concerns(ofSession(sessionId))
  logger.warn({ journalHead }, 'The document of a lost session was written anew.')
  const next = `Start it: POST /api/sessions/${name}/start.`
  return { outcome: 'created', body: { approved: true, ...plan, next } } as const
}

/** What a restore would keep and lose, found out by reading the stored state. */
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
  const plan = { reason, ...REASONS[reason], wouldLose: wouldLose(loaded, end), from }
  return { plan, reaches: loaded.reached.sequence, end }
}

/** Null when the session's document is there, or nothing of the session is. */
async function lostFields(dependencies: Needed, principal: Principal, name: string): Promise<Fields | null> {
  const sessionId = namedSession(principal, name)
  const isThere = await dependencies.documents.read(sessionPath(sessionId))
  return isThere ? null : documentOfLost(dependencies, sessionId)
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
