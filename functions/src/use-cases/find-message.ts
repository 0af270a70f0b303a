import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { findJob } from './find-job.ts'
import type { MessageAnswer } from './message-answer.ts'
import { MessageViewer } from './message-viewer.ts'

/**
 * Finds a message to send and shows its progress.
 *
 * @param id the job's id, or the message's id at WhatsApp
 * @throws Refusal `unknown-message`, or `message-damaged` when the message is stored, but cannot be read
 */
export async function findMessage(
  dependencies: Pick<Dependencies, 'documents' | 'archives' | 'wrappingKey' | 'clock'>,
  principal: Principal,
  id: string,
): Promise<MessageAnswer> {
  const snapshot = await findJob(dependencies.documents, principal, id)
  return new MessageViewer(dependencies).show(snapshot)
}
