import type { Sandbox } from '../../../sandbox/sandbox.ts'

/** Reads a job's status directly from Firestore, because the strike killed the API as well. */
export async function statusInFirestore({ sandbox }: { sandbox: Sandbox }, jobId: string): Promise<string> {
  const { firestore, project } = sandbox.info
  const job = `projects/${project}/databases/(default)/documents/message_queue_jobs/${jobId}`
  const headers = { authorization: 'Bearer owner' }
  const response = await fetch(`http://${firestore}/v1/${job}?mask.fieldPaths=status`, { headers })
  const { fields } = (await response.json()) as { fields?: { status?: { stringValue: string } } }
  return fields?.status?.stringValue ?? 'unknown'
}
