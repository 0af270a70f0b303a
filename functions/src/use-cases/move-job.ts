import type { JobDocument } from '@holdfast/core/message/job-document'
import { openJobContent, sealJobContent } from '@holdfast/core/message/sealed-content'
import { Append, type DocumentSnapshot, SERVER_TIME } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { Dependencies } from './dependencies.ts'
import type { Move } from './failover-decision.ts'

/** A job that has to move, as it was read. */
export interface MovingJob {
  readonly snapshot: DocumentSnapshot
  readonly job: JobDocument
  readonly move: Move
}

/**
 * Moves a job to another session, in the version that was read only. Whatever its former session writes afterwards needs that version,
 * too, and fails. The message keeps its id at WhatsApp. It is composed anew, because another account sends it.
 *
 * @returns false when somebody else has changed the job
 */
export async function moveJob(
  { documents, clock }: Pick<Dependencies, 'documents' | 'clock'>,
  { snapshot, job, move: { to, why } }: MovingJob,
  cipherOf: (sessionId: string) => Promise<SessionCipher>,
): Promise<boolean> {
  const content = openJobContent(await cipherOf(job.sessionId), snapshot.id, job)
  const fields = {
    sessionId: to,
    firstSession: job.firstSession ?? job.sessionId,
    content: sealJobContent(await cipherOf(to), snapshot.id, content),
    proto: null,
    upload: null,
    queuedAt: SERVER_TIME,
    nextAttemptAt: null,
    hold: null,
    lastError: null,
    timeline: new Append({ status: 'pending', at: new Date(clock.now()), by: 'failover', why, session: to }),
  }
  try {
    await documents.commit([{ kind: 'update', path: snapshot.path, fields, unlessChangedSince: snapshot }])
    return true
  } catch (error) {
    const found = await documents.read(snapshot.path)
    if (found?.updatedAtMicros === snapshot.updatedAtMicros) throw error
    // The commit may have succeeded without an answer.
    return found?.fields['sessionId'] === to
  }
}
