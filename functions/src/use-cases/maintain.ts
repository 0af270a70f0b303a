import { archiveOldJobs } from './archive-old-jobs.ts'
import { verifyDueBackups } from './backups/verify-due.ts'
import type { Dependencies } from './dependencies.ts'
import { renewDataKeys } from './keys/renew-data-keys.ts'
import { rewrapKeys } from './keys/rewrap-keys.ts'

type Needed = Pick<
  Dependencies,
  'documents' | 'objects' | 'journals' | 'archives' | 'tenants' | 'wrappingKey' | 'dataKeyMaxAgeDays' | 'clock' | 'logger'
>

/** One run of the schedule has half an hour, for both. What it does not manage, the next one does. */
const RENEWAL = { documents: Number.POSITIVE_INFINITY, ms: 8 * 60_000 }
const REWRAPPING = { documents: Number.POSITIVE_INFINITY, ms: 15 * 60_000 }

/**
 * Puts old things away, each night: jobs that came to their end long ago, wrappings by an older key, and data keys that are too old. Reads
 * backups back meanwhile. It deletes nothing. Trouble with one of them does not stop the others.
 */
export async function maintain(dependencies: Needed): Promise<void> {
  const outcomes = await Promise.allSettled([
    archiveOldJobs(dependencies),
    changeKeys(dependencies),
    verifyDueBackups(dependencies),
  ])
  const failed = outcomes.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

/** One after the other, because both write the same documents. */
async function changeKeys(dependencies: Needed): Promise<void> {
  const { dataKeyMaxAgeDays: olderThanDays = null } = dependencies
  const renewed =
    olderThanDays === null ? null : await settled(renewDataKeys(dependencies, { from: null, olderThanDays }, RENEWAL))
  await rewrapKeys(dependencies, null, REWRAPPING)
  if (renewed?.status === 'rejected') throw renewed.reason
}

async function settled<Value>(work: Promise<Value>): Promise<PromiseSettledResult<Value>> {
  const [outcome] = await Promise.allSettled([work])
  return outcome
}
