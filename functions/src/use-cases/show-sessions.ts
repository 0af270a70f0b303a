import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { SESSIONS } from '@holdfast/core/session/session-document'
import { isDamage } from '@holdfast/core/platform/errors'
import { sessionNameOf } from '@holdfast/core/session/ids'
import { ofSession } from '@holdfast/core/session/log-fields'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { knowsSession, type Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { findSession, ownerOf } from './find-session.ts'
import { type SessionAnswer, damagedSessionAnswer, sessionAnswer } from './session-answer.ts'

type Needed = Pick<Dependencies, 'documents' | 'logger'>

/** Lists the sessions that the caller may know of, sorted by name. */
export async function listSessions({ documents, logger }: Needed, principal: Principal): Promise<SessionAnswer[]> {
  // Reads sessions first, so that the second query finds each runner that a session names.
  const sessions = await documents.query({ collection: SESSIONS, where: [['tenant', '==', principal.tenant]] })
  const runners = await documents.query({ collection: RUNNERS })
  const byId = new Map(runners.map((runner) => [runner.id, runner]))
  return sessions
    .filter(({ id }) => knowsSession(principal, id))
    .map((snapshot) => answerOf(logger, snapshot, byId.get(String(snapshot.fields['runnerId'])) ?? null))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** @throws Refusal `unknown-session` */
export async function showSession({ documents, logger }: Needed, principal: Principal, name: string): Promise<SessionAnswer> {
  const { snapshot } = await findSession(documents, principal, name)
  return answerOf(logger, snapshot, await ownerOf(documents, snapshot))
}

/** Shows a damaged session as damaged, so that it does not hide the others. */
function answerOf(logger: Dependencies['logger'], snapshot: DocumentSnapshot, runner: DocumentSnapshot | null): SessionAnswer {
  try {
    return sessionAnswer(snapshot, runner)
  } catch (error) {
    if (!isDamage(error)) throw error
    logger.error({ error, ...ofSession(snapshot.id) }, 'A session document does not parse.')
    return damagedSessionAnswer(sessionNameOf(snapshot.id), error)
  }
}
