import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { isDamage, isHoldfastError, isKeyTrouble } from '@holdfast/core/platform/errors'
import { sessionNameOf } from '@holdfast/core/session/ids'
import { ofSession } from '@holdfast/core/session/log-fields'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { cipherOf, findSession, knownSessions, ownerOf, parseSessionUnlessDamaged } from './find-session.ts'
import { type SessionAnswer, damagedSessionAnswer, sessionAnswer } from './session-answer.ts'
import { givenConfigOf } from './webhooks/session-config.ts'

export type SessionsNeeded = Pick<Dependencies, 'documents' | 'logger' | 'availability' | 'wrappingKey'>

/** Lists the sessions that the caller may know of, sorted by name. */
export async function listSessions(dependencies: SessionsNeeded, principal: Principal): Promise<SessionAnswer[]> {
  const { documents } = dependencies
  // Reads sessions first, so that the second query finds each runner that a session names.
  const sessions = await knownSessions(documents, principal)
  const runners = await documents.query({ collection: RUNNERS })
  const byId = new Map(runners.map((runner) => [runner.id, runner]))
  const shown = await completed(dependencies, principal, sessions, ({ fields }) => byId.get(String(fields['runnerId'])) ?? null)
  return shown.sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** Makes the answers for sessions whose documents and heartbeats were read. */
export async function completed(
  dependencies: SessionsNeeded,
  principal: Principal,
  sessions: readonly DocumentSnapshot[],
  heartbeatOf: (session: DocumentSnapshot) => DocumentSnapshot | null,
): Promise<SessionAnswer[]> {
  const { logger, availability } = dependencies
  const availabilityOf = await availability.thisMonth()
  return Promise.all(
    sessions.map((snapshot) => {
      const answer = answerOf(logger, snapshot, heartbeatOf(snapshot))
      const of = { ...answer, availability: availabilityOf(snapshot.id, createdAt(snapshot)) }
      return withSecrets(dependencies, principal, snapshot, of)
    }),
  )
}

/** @throws Refusal `unknown-session` */
export async function showSession(
  { documents, logger, availability, wrappingKey }: SessionsNeeded,
  principal: Principal,
  name: string,
): Promise<SessionAnswer> {
  const { snapshot } = await findSession(documents, principal, name)
  const [owner, availabilityOf] = await Promise.all([ownerOf(documents, snapshot), availability.thisMonth()])
  const answer = { ...answerOf(logger, snapshot, owner), availability: availabilityOf(snapshot.id, createdAt(snapshot)) }
  return withSecrets({ documents, wrappingKey }, principal, snapshot, answer)
}

/** Whoever may configure sessions sees the configuration as it was given; others see it without its secrets. */
async function withSecrets(
  { documents, wrappingKey }: Pick<SessionsNeeded, 'documents' | 'wrappingKey'>,
  { role }: Principal,
  snapshot: DocumentSnapshot,
  answer: SessionAnswer,
): Promise<SessionAnswer> {
  if (!snapshot.fields['webhookSecrets'] || (role !== 'operator' && role !== 'admin')) return answer
  const session = parseSessionUnlessDamaged(snapshot)
  if (isHoldfastError(session)) return answer
  const cipher = await cipherOf(documents, snapshot.id, wrappingKey).catch((error: unknown) => {
    if (isDamage(error) || isKeyTrouble(error) || isHoldfastError(error, 'wrapping-key-unavailable')) return null
    throw error
  })
  return cipher ? { ...answer, config: givenConfigOf(cipher, session) } : answer
}

export const createdAt = ({ createdAtMicros }: DocumentSnapshot): Date => new Date(Math.floor(createdAtMicros / 1000))

/** Shows a damaged session as damaged, so that it does not hide the others. */
export function answerOf(
  logger: Dependencies['logger'],
  snapshot: DocumentSnapshot,
  runner: DocumentSnapshot | null,
): SessionAnswer {
  try {
    return sessionAnswer(snapshot, runner)
  } catch (error) {
    if (!isDamage(error)) throw error
    logger.error({ error, ...ofSession(snapshot.id) }, 'A session document does not parse.')
    return damagedSessionAnswer(sessionNameOf(snapshot.id), error)
  }
}
