import type { World } from '../world.ts'
import type { Victims } from './kill.ts'

/** All that is ours, at one instant: runners, functions, and the server that stands for Cloud Storage. */
export function everythingOf({ sandbox, sessions }: World): Victims {
  const ours = [...sandbox.runners(), sandbox.functions, sandbox.storage].filter((part) => part !== null)
  return {
    name: 'everything',
    sessions,
    // One that died a moment ago may not be back yet.
    kill: () => ours.filter(({ pid }) => pid !== null).forEach((part) => part.kill('SIGKILL')),
  }
}

/** A job's status by Firestore's word: the API that would say it was killed as well. */
export async function statusInFirestore({ sandbox }: Pick<World, 'sandbox'>, jobId: string): Promise<string> {
  const { firestore, project } = sandbox.info
  const job = `projects/${project}/databases/(default)/documents/message_queue_jobs/${jobId}`
  const headers = { authorization: 'Bearer owner' }
  const response = await fetch(`http://${firestore}/v1/${job}?mask.fieldPaths=status`, { headers })
  const { fields } = (await response.json()) as { fields?: { status?: { stringValue: string } } }
  return fields?.status?.stringValue ?? 'unknown'
}
