import type { HealthStatus } from '@holdfast/core/operations/health-document'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import type { Health } from './health.ts'
import { countSessions, problemsOf, statusOfProblems } from './health-status.ts'
import { queueTotals } from './queue-status.ts'
import type { SessionAnswer } from './session-answer.ts'
import { listSessions } from './show-sessions.ts'

/** Answers in the words of callers from before there was this API. */

type Needed = Pick<Dependencies, 'documents' | 'clock' | 'logger' | 'thresholds' | 'availability' | 'wrappingKey'>

interface FormerHealth {
  readonly sessions: Readonly<Record<string, { status: SessionAnswer['status']; number: string | null; connected: boolean }>>
  readonly queue: { readonly pending: number; readonly processing: number; readonly sent: number; readonly failed: number }
  readonly overall: HealthStatus
}

/** Shows the health of what the caller may know of. `installation` is the health of the whole. */
export async function formerHealth(dependencies: Needed, principal: Principal, installation: Health): Promise<FormerHealth> {
  const [sessions, queue] = await Promise.all([listSessions(dependencies, principal), queueTotals(dependencies, principal)])
  const runners = installation.runners?.map((runner) => ({ ...runner, isAlive: runner.state !== 'dead' }))
  const counted = countSessions(sessions.map(({ status, wanted }) => ({ status, isWanted: wanted === 'online' })))
  const problems = problemsOf({
    fleet: runners ? { sessions: counted, runners } : null,
    storageAnswers: !installation.problems.some(({ code }) => code === 'storage-unavailable'),
    thresholds: dependencies.thresholds,
  })
  const { waiting, scheduled, held, retrying, active, sent, failed } = queue
  return {
    sessions: Object.fromEntries(sessions.map((session) => [session.name, formerSession(session)])),
    queue: { pending: waiting + scheduled + held + retrying, processing: active, sent, failed },
    overall: statusOfProblems(problems.map(({ code }) => code)),
  }
}

const formerSession = ({ status, me }: SessionAnswer) => ({
  status,
  number: me && (me.id.split('@')[0] ?? null),
  connected: status === 'WORKING',
})

/** Shows the figures of what the caller may know of. */
export async function formerStats(dependencies: Needed, principal: Principal) {
  const [sessions, queue] = await Promise.all([listSessions(dependencies, principal), queueTotals(dependencies, principal)])
  const { waiting, scheduled, held, retrying, active, sent, failed, canceled, oldest } = queue
  return {
    sessions: Object.fromEntries(sessions.map(({ name, status, counters }) => [name, { status, ...counters }])),
    queue: {
      pending: waiting + scheduled + held + retrying,
      scheduled,
      held,
      retrying,
      processing: active,
      sent,
      failed,
      canceled,
      oldestAgeMs: oldest?.ageMs ?? null,
    },
  }
}
