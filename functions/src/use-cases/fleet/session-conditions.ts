import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { SESSIONS } from '@holdfast/core/session/session-document'
import type { Dependencies } from '../dependencies.ts'
import type { FleetFacts } from '../fleet-facts.ts'
import { conditionOf, type SessionCondition } from '../session-condition.ts'
import { isPlainlyFine } from './session-facts.ts'

type Needed = Pick<Dependencies, 'documents' | 'clock'>

type Facts = Pick<FleetFacts, 'runners' | 'sessions' | 'cut' | 'nowMs'>

/**
 * Returns whether each session can send, by its id. What the sweep knows anyway speaks for all sessions that are wanted online, so that
 * only those that are wanted offline are read. Without complete facts all are read. A session that was made by hand and never had an owner
 * may be missing.
 */
export async function conditionsOf(dependencies: Needed, facts: Facts | null): Promise<ReadonlyMap<string, SessionCondition>> {
  const isComplete = facts !== null && !facts.cut.some((list) => list.startsWith('sessions'))
  const conditions = isComplete ? await byFacts(dependencies, facts) : await byDocuments(dependencies)
  return new Map(conditions.map((condition) => [condition.sessionId, condition]))
}

/** Later ones replace earlier ones: a document says more than a heartbeat. */
async function byFacts({ documents }: Needed, { runners, sessions, nowMs }: Facts): Promise<SessionCondition[]> {
  const offline = await documents.query({ collection: SESSIONS, where: [['wanted', '==', 'offline']] })
  const heartbeats = new Map(runners.map(({ id, snapshot }) => [id, snapshot]))
  const fine = runners.flatMap(({ isDead, document }) =>
    isDead ? [] : Object.entries(document.sessions).flatMap(([id, reported]) => (isPlainlyFine(reported, nowMs) ? id : [])),
  )
  return [
    ...fine.map((sessionId) => ({ sessionId, isConnected: true, comesBack: false, downForMs: 0 })),
    ...[...sessions.map(({ snapshot }) => snapshot), ...offline].map((snapshot) =>
      conditionOf(snapshot, heartbeats.get(String(snapshot.fields['runnerId'])) ?? null, nowMs),
    ),
  ]
}

async function byDocuments({ documents, clock }: Needed): Promise<SessionCondition[]> {
  // Reads sessions first, so that the second query finds each runner that a session names.
  const sessions = await documents.query({ collection: SESSIONS })
  const runners = new Map((await documents.query({ collection: RUNNERS })).map((runner) => [runner.id, runner]))
  return sessions.map((session) => conditionOf(session, runners.get(String(session.fields['runnerId'])) ?? null, clock.now()))
}
