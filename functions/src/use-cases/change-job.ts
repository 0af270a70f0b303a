import type { JobDocument } from '@holdfast/core/message/job-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot, Fields } from '@holdfast/core/platform/ports'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { findJob } from './find-job.ts'
import { parseJob } from './parse-job.ts'

/** Each failure means that somebody else changed the job meanwhile: its owner, a task, or another caller. */
const ATTEMPTS = 5

/** A job as it is now, and whether this request changed it. */
export interface ChangedJob {
  readonly snapshot: DocumentSnapshot
  readonly job: JobDocument
  readonly isChanged: boolean
}

/**
 * Changes a job in the state in which it was read, and in no other one. When somebody else was faster it decides anew.
 *
 * @param decide returns the fields to write, null when the job is as requested already, or throws a Refusal
 * @throws Refusal `unknown-message` or `message-damaged`, and what `decide` throws
 */
export async function changeJob(
  { documents }: Pick<Dependencies, 'documents'>,
  principal: Principal,
  id: string,
  decide: (job: JobDocument, snapshot: DocumentSnapshot) => Fields | null | Promise<Fields | null>,
): Promise<ChangedJob> {
  let snapshot = await findJob(documents, principal, id)
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const job = parseJob(snapshot)
    const fields = await decide(job, snapshot)
    if (!fields) return { snapshot, job, isChanged: attempt > 1 }
    const { updatedAtMicros } = snapshot
    try {
      await documents.commit([{ kind: 'update', path: snapshot.path, fields, unlessChangedSince: snapshot }])
    } catch (error) {
      // Somebody else was faster, or the commit succeeded without an answer. The document says which.
      snapshot = await findJob(documents, principal, snapshot.id)
      if (snapshot.updatedAtMicros === updatedAtMicros) throw error
      continue
    }
    snapshot = await findJob(documents, principal, snapshot.id)
    return { snapshot, job: parseJob(snapshot), isChanged: true }
  }
  throw new HoldfastError('unavailable', `Job ${snapshot.id} changed at each of ${ATTEMPTS} attempts to change it.`)
}
