import type { World } from '../world.ts'
import type { Victims } from './kill.ts'

/** Selects all killable processes for one strike: the runners, the API, and the stand-ins for Cloud Storage and Cloud Tasks. */
export function everythingOf({ sandbox, sessions }: World): Victims {
  const ours = [...sandbox.runners(), sandbox.functions, sandbox.server, sandbox.storage, sandbox.tasks].filter(
    (part) => part !== null,
  )
  return {
    name: 'everything',
    sessions,
    // A process that died a moment ago may not have restarted yet.
    kill: () => ours.filter(({ pid }) => pid !== null).forEach((part) => part.kill('SIGKILL')),
  }
}
