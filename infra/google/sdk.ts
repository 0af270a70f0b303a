import type { Command, Programs } from '../resources/command.ts'
import { runProgram } from './run-program.ts'

/** What this machine's tools are like. Groups of commands leave `alpha` and `beta` with time, so that the SDK itself is asked. */
export class Sdk implements Programs {
  readonly firebase: readonly string[]
  /** Whether a group of commands is there without a track. */
  readonly #groups = new Map<string, Promise<boolean>>()
  readonly #found = new Map<string, boolean>()

  constructor(firebase: readonly string[]) {
    this.firebase = firebase
  }

  /** Finds out what these commands need. Has to come before `track`. */
  async learn(commands: readonly Command[]): Promise<void> {
    const groups = new Set(commands.filter(({ track }) => track).map(groupOf))
    await Promise.all(
      [...groups].map(async (group) => {
        let known = this.#groups.get(group)
        if (!known) this.#groups.set(group, (known = hasGroup(group)))
        this.#found.set(group, await known)
      }),
    )
  }

  track(command: Command): readonly string[] {
    return command.track === undefined || this.#found.get(groupOf(command)) ? [] : [command.track]
  }
}

/** The first two words name the group: `run worker-pools`. */
const groupOf = ({ args }: Command): string => args.slice(0, 2).join(' ')

async function hasGroup(group: string): Promise<boolean> {
  const { code } = await runProgram(['gcloud', ...group.split(' '), '--help'])
  return code === 0
}
