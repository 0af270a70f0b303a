import type { FleetHistory } from '@holdfast/core/operations/fleet-history-document'
import { FLEET_SIZE_PATH, type FleetSize, fleetSizeSchema } from '@holdfast/core/operations/fleet-size-document'
import { HEALTH, type HealthDocument, healthDocumentSchema, runnerScope } from '@holdfast/core/operations/health-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot, Fields } from '@holdfast/core/platform/ports'
import { REASONS } from '@holdfast/core/session/session-states'
import type { Dependencies } from '../dependencies.ts'
import type { HealthCheck } from '../health.ts'
import type { RunnerAnswer, RunnerSummary } from '../runner-answer.ts'
import type { MeasuredFleet } from './measured-fleet.ts'
import type { SessionFigures } from './session-figures.ts'

interface FleetRunner extends RunnerAnswer {
  /** Whether it knows how to send files to channels. */
  readonly postsFiles: boolean
  readonly startedAt: Date
  readonly connected: number
  readonly capacity: number
  /** Its own verdict on its network. Null: it does not report. */
  readonly network: string | null
  /** As the sweep saw it last. Null: it has not seen the runner yet. */
  readonly health: Pick<HealthDocument, 'status' | 'since' | 'problems'> | null
}

export interface FleetAnswer {
  readonly runners: readonly FleetRunner[]
  readonly sessions: SessionFigures
  /** Places for sessions on all live runners. */
  readonly capacity: { readonly total: number; readonly free: number }
  /** How many runners the sweep wants, and why. Null: it has not looked yet. */
  readonly size: Pick<FleetSize, 'instances' | 'needed' | 'changedAt' | 'changedFrom' | 'sentence'> | null
  /** Sessions that no runner has room for. Null: all have room, or the sweep has not looked yet. */
  readonly noRoom: { readonly sessions: number; readonly sentence: string; readonly userAction: string } | null
  readonly outage: MeasuredFleet['outage']
  /** When the sweep counted the sessions. Null: they were counted for this answer. */
  readonly measuredAt: Date | null
  /** Times at which the installation did not do its work, the newest first. */
  readonly incidents: FleetHistory['incidents']
}

/** @throws HoldfastError `unavailable` when Firestore does not answer */
export async function fleetAnswer({ documents }: Pick<Dependencies, 'documents'>, health: HealthCheck): Promise<FleetAnswer> {
  const scopes = { orderBy: ['id', 'asc'], startAfter: runnerScope(''), endAt: runnerScope('\uf8ff') } as const
  const [{ fleet }, written, size] = await Promise.all([
    health.look(),
    documents.query({ collection: HEALTH, ...scopes }),
    documents.read(FLEET_SIZE_PATH),
  ])
  if (!fleet) throw new HoldfastError('unavailable', 'The database does not answer.')
  const byScope = new Map(written.map(({ id, fields }) => [id, fields]))
  const alive = fleet.runners.filter(({ answer: { state } }) => state === 'active')
  const total = alive.reduce((sum, { capacity }) => sum + capacity, 0)
  const used = alive.reduce((sum, { answer }) => sum + answer.sessions, 0)
  return {
    runners: fleet.runners.map((runner) => fleetRunner(runner, byScope.get(runnerScope(runner.answer.id)))),
    sessions: fleet.sessions,
    capacity: { total, free: Math.max(0, total - used) },
    size: sizeOf(size),
    noRoom: noRoomBy(size),
    outage: fleet.outage,
    measuredAt: fleet.written?.measuredAt ?? null,
    incidents: fleet.history?.incidents ?? [],
  }
}

/**
 * Makes the answer for a runner.
 *
 * @param written what the sweep wrote about it last
 */
export const fleetRunner = ({ answer, ...more }: RunnerSummary, written: Fields | undefined): FleetRunner => ({
  ...answer,
  ...more,
  health: shown(healthDocumentSchema.safeParse(written).data),
})

const shown = (health: HealthDocument | undefined): FleetRunner['health'] =>
  health ? { status: health.status, since: health.since, problems: health.problems } : null

function noRoomBy(snapshot: DocumentSnapshot | null): FleetAnswer['noRoom'] {
  const unplaced = fleetSizeSchema.safeParse(snapshot?.fields).data?.unplaced ?? 0
  return unplaced === 0 ? null : { sessions: unplaced, ...REASONS['no-room'] }
}

function sizeOf(snapshot: DocumentSnapshot | null): FleetAnswer['size'] {
  const size = fleetSizeSchema.safeParse(snapshot?.fields).data
  if (!size) return null
  const { instances, needed, changedAt, changedFrom, sentence } = size
  return { instances, needed, changedAt, changedFrom, sentence }
}
