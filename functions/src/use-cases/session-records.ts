import { STATE_KINDS, isCountedKind } from '@holdfast/core/journal/state-kinds'
import { runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { countedTotal } from '@holdfast/core/session/record-counts'
import { adviceOf } from './clean-ups/record-advice.ts'
import { cleanUpFrom, levelOf, levelsOf } from '@holdfast/core/session/record-levels'
import { tenantOf } from '@holdfast/core/session/ids'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { findSession, ownerOf, parseSessionUnlessDamaged } from './find-session.ts'

type Needed = Pick<Dependencies, 'documents' | 'tenants' | 'clock'>

/**
 * Tells how many Signal records a session has and what fills it. The heartbeat of a live owner is a few seconds old; without one the
 * session's document says what its last owner knew.
 *
 * @throws Refusal `unknown-session`
 */
export async function showRecords({ documents, tenants, clock }: Needed, principal: Principal, name: string) {
  const { id: sessionId, snapshot } = await findSession(documents, principal, name)
  const [owner, { cleanup }] = await Promise.all([ownerOf(documents, snapshot), tenants.settingsOf(tenantOf(sessionId))])
  const session = parseSessionUnlessDamaged(snapshot)
  const reported = runnerDocumentSchema.safeParse(owner?.fields).data?.sessions[sessionId]?.records
  const records = reported ?? (isHoldfastError(session) ? null : session.records)
  const levels = {
    cleanUpFrom: cleanUpFrom(cleanup.levels),
    levels: levelsOf(cleanup.levels).map(({ name, from }) => ({ name, from })),
  }
  if (!records) return { name, known: false as const, ...levels }
  const total = countedTotal(records)
  const kinds = Object.entries(records.counted).map(([kind, number]) => ({
    kind,
    records: number,
    holds: isCountedKind(kind) ? STATE_KINDS[kind].holds : '',
  }))
  return {
    name,
    known: true as const,
    from: reported ? ('owner' as const) : ('document' as const),
    level: levelOf(total, cleanup.levels).name,
    counted: total,
    protected: records.protected,
    ...adviceOf(records, cleanup.levels, clock.now()),
    kinds: kinds.toSorted((one, other) => other.records - one.records),
    ...levels,
  }
}
