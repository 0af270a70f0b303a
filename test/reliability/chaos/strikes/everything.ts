import type { World } from '../world.ts'
import type { Victims } from './kill.ts'

/** Selects all killable processes for one strike: the runners, the functions, and the stand-in for Cloud Storage. */
export function everythingOf({ sandbox, sessions }: World): Victims {
  const ours = [...sandbox.runners(), sandbox.functions, sandbox.storage].filter((part) => part !== null)
  return {
    name: 'everything',
    sessions,
    // A process that died a moment ago may not have restarted yet.
    kill: () => ours.filter(({ pid }) => pid !== null).forEach((part) => part.kill('SIGKILL')),
  }
}
