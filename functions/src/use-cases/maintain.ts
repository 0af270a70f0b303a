import { archiveOldJobs } from './archive-old-jobs.ts'
import type { Dependencies } from './dependencies.ts'

type Needed = Pick<Dependencies, 'documents' | 'archives' | 'tenants' | 'wrappingKey' | 'clock' | 'logger'>

/** Puts old things away, each night: jobs that came to their end long ago. It deletes nothing. */
export async function maintain(dependencies: Needed): Promise<void> {
  await archiveOldJobs(dependencies)
}
