import { answersFor, Look } from '../google/look.ts'
import { CommandFailed, runCommand } from '../google/run-command.ts'
import { lineOf, type Command } from '../resources/command.ts'
import { presentOf, type Resource, STAGES } from '../resources/resource.ts'
import type { Deployment } from './deployment.ts'
import { inLanes } from './lanes.ts'
import { Questions } from './questions.ts'

export interface DestroyOptions {
  readonly say: (line: string) => void
  /** True: what holds data goes, too. */
  readonly withData: boolean
  readonly questions?: Questions
}

interface Going {
  readonly resource: Resource
  readonly commands: readonly Command[]
}

export interface Destroyed {
  readonly removed: number
  readonly failed: number
  /** What is still there, because it holds data. */
  readonly kept: readonly string[]
}

/**
 * Removes what a deployment made, the last things first, after a person has typed the project's name. What holds data stays unless
 * told otherwise, so that a later deployment finds every session again.
 */
export async function destroy(
  deployment: Deployment,
  { say, withData, questions = new Questions() }: DestroyOptions,
): Promise<Destroyed> {
  const { target, resources, rest, sdk } = deployment
  const look = new Look(rest)
  const present = await Promise.all(
    resources.toReversed().map(async (resource) => ({ resource, have: presentOf(resource, await answersFor(resource, look)) })),
  )
  const kept = present.filter(({ resource, have }) => have !== null && resource.holdsData && !withData)
  const going = present
    .filter(({ resource, have }) => have !== null && (withData || !resource.holdsData))
    .map(({ resource, have }) => ({ resource, commands: resource.remove?.(have) ?? [] }))
    .filter(({ commands }) => commands.length > 0)
  await sdk.learn(going.flatMap(({ commands }) => commands))
  for (const { resource } of kept) say(`= ${resource.id} stays: it holds data (--delete-data removes it)`)
  for (const { resource, commands } of going) {
    for (const line of [`- ${resource.id}`, ...commands.map((command) => `    $ ${lineOf(command, sdk)}`)]) say(line)
  }
  const isMeant = going.length > 0 && (await isNamed(target.project, questions))
  questions.close()
  if (!isMeant) {
    say(
      going.length === 0
        ? 'Nothing is left to remove.'
        : `Nothing was removed, because that is not the name of the project, ${target.project}.`,
    )
    return { removed: 0, failed: 0, kept: kept.map(({ resource }) => resource.id) }
  }
  const failed = await removeAll(going, deployment, say)
  return { removed: going.length - failed, failed, kept: kept.map(({ resource }) => resource.id) }
}

const isNamed = async (project: string, questions: Questions): Promise<boolean> =>
  (await questions.ask('Type the name of the project to remove this')) === project

/** Removes the things of one stage before those of an earlier one. Returns the number of those that are still there. */
async function removeAll(going: readonly Going[], { sdk }: Deployment, say: (line: string) => void): Promise<number> {
  let failed = 0
  for (const stage of STAGES.toReversed()) {
    await inLanes(
      going.filter(({ resource }) => resource.stage === stage),
      ({ resource }) => resource.lane ?? resource.id,
      async ({ resource, commands }) => {
        try {
          for (const command of commands) await runCommand(command, { programs: sdk })
          say(`- ${resource.id} removed`)
        } catch (error) {
          if (!(error instanceof CommandFailed)) throw error
          failed++
          say(`- ${resource.id} FAILED\n      ${error.message}`)
        }
      },
    )
  }
  say(failed === 0 ? `${going.length} removed.` : `${going.length - failed} removed, ${failed} failed.`)
  return failed
}
