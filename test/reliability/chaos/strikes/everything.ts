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
