import { archiveOldJobs } from './archive-old-jobs.ts'
import { verifyDueBackups } from './backups/verify-due.ts'
import type { Dependencies } from './dependencies.ts'
import { rewrapKeys } from './keys/rewrap-keys.ts'

type Needed = Pick<
  Dependencies,
  'documents' | 'objects' | 'journals' | 'archives' | 'tenants' | 'wrappingKey' | 'clock' | 'logger'
>

/** One run of the schedule has half an hour. What it does not manage, the next one does. */
const REWRAPPING = { documents: Number.POSITIVE_INFINITY, ms: 20 * 60_000 }

/**
 * Puts old things away, each night: jobs that came to their end long ago, and wrappings by an older key. Reads backups back meanwhile. It
 * deletes nothing. Trouble with one of them does not stop the others.
 */
export async function maintain(dependencies: Needed): Promise<void> {
  const outcomes = await Promise.allSettled([
    archiveOldJobs(dependencies),
    rewrapKeys(dependencies, null, REWRAPPING),
    verifyDueBackups(dependencies),
  ])
  const failed = outcomes.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}
