import type { Sandbox } from '../../../sandbox/sandbox.ts'

/** A job's status by Firestore's word: the API that would say it was killed as well. */
export async function statusInFirestore({ sandbox }: { sandbox: Sandbox }, jobId: string): Promise<string> {
  const { firestore, project } = sandbox.info
  const job = `projects/${project}/databases/(default)/documents/message_queue_jobs/${jobId}`
  const headers = { authorization: 'Bearer owner' }
  const response = await fetch(`http://${firestore}/v1/${job}?mask.fieldPaths=status`, { headers })
  const { fields } = (await response.json()) as { fields?: { status?: { stringValue: string } } }
  return fields?.status?.stringValue ?? 'unknown'
}
