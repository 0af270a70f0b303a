import {
  FLEET_RESTART_PATH,
  type FleetRestart,
  fleetRestartSchema,
  RESTART_VALID_MS,
} from '@holdfast/core/operations/fleet-restart-document'
import { FLEET_SIZE_PATH, fleetSizeSchema } from '@holdfast/core/operations/fleet-size-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { type DocumentSnapshot, SERVER_TIME } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { Refusal } from '../refusal.ts'

/** A restart as the API shows it. */
export interface RestartAnswer {
  readonly requestedAt: Date
  /** Null: the sweep has not told Cloud Run yet. */
  readonly startedAt: Date | null
  readonly sentence: string
}

/** Whoever asks again within this time after a request, or after its begin, gets the same restart. */
const SAME_FOR_MS = 60_000

/**
 * Asks for a restart of all runners. Only the sweep has the right to change them, and does it in its next run.
 *
 * @throws Refusal `cannot-restart` where the sweep has no pool that it could restart
 */
export async function requestRestart(
  { documents, logger }: Pick<Dependencies, 'documents' | 'logger'>,
  { key }: Principal,
): Promise<RestartAnswer> {
  const size = fleetSizeSchema.safeParse((await documents.read(FLEET_SIZE_PATH))?.fields).data
  if (size?.instances == null) {
    throw new Refusal(
      'cannot-restart',
      'The runners are not sized by the sweep, so that nothing here may change them. Set FLEET_MAX and apply, or make a new revision: ' +
        '`gcloud beta run worker-pools update holdfast-runner --update-labels=restarted=…`.',
    )
  }
  const before = await documents.read(FLEET_RESTART_PATH)
  const standing = before && standingOf(before)
  if (standing) return answerOf(standing)
  const fields = { v: 1, requestedAt: SERVER_TIME, requestedBy: key, startedAt: null }
  const isMine = await writeUnlessChanged(documents, FLEET_RESTART_PATH, before, fields)
  const now = await documents.read(FLEET_RESTART_PATH)
  const restart = now && restartOf(now)
  if (!restart) throw new HoldfastError('unavailable', 'The restart could not be written.')
  if (isMine) logger.warn({ key }, 'A restart of all runners was asked for.')
  return answerOf(restart)
}

/**
 * Restarts all runners if somebody asked for it. The pool takes one restart once, however often it is told, so that a run that dies
 * before it has noted the restart, or a second run at the same time, does no harm. Returns 1 when it did.
 */
export async function restartFleet({
  documents,
  logger,
  fleet,
}: Pick<Dependencies, 'documents' | 'logger' | 'fleet'>): Promise<number> {
  if (!fleet) return 0
  const found = await documents.read(FLEET_RESTART_PATH)
  const restart = found && restartOf(found)
  if (!restart || restart.startedAt !== null || found.silentForMs > RESTART_VALID_MS) return 0
  await fleet.pool.restart(restart.requestedAt)
  const isMine = await writeUnlessChanged(documents, FLEET_RESTART_PATH, found, { startedAt: SERVER_TIME })
  if (!isMine) return 0
  logger.warn({ key: restart.requestedBy }, 'All runners are restarted, as somebody asked for.')
  return 1
}

const restartOf = ({ fields }: DocumentSnapshot): FleetRestart | null => fleetRestartSchema.safeParse(fields).data ?? null

/** The restart that a further request means, too. */
function standingOf(snapshot: DocumentSnapshot): FleetRestart | null {
  const restart = restartOf(snapshot)
  if (!restart) return null
  return snapshot.silentForMs <= (restart.startedAt === null ? RESTART_VALID_MS : SAME_FOR_MS) ? restart : null
}

const answerOf = ({ requestedAt, startedAt }: FleetRestart): RestartAnswer => ({
  requestedAt,
  startedAt,
  sentence:
    startedAt === null
      ? 'The sweep restarts all runners in its next run, within a minute. Each session moves once.'
      : 'All runners are being restarted. Each session moves once.',
})
