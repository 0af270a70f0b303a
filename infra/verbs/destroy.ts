import { answersFor, Look } from '../google/look.ts'
import { troubleWith } from '../google/run-command.ts'
import { lineOf, type Command } from '../resources/command.ts'
import { queues } from '../resources/deployed-functions.ts'
import { lastOf, listAt } from '../resources/fields.ts'
import { presentOf, type Resource, STAGES } from '../resources/resource.ts'
import type { Deployment } from './deployment.ts'
import { inLanes } from './lanes.ts'
import { Progress } from './progress.ts'
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
  /** True: the name of the project was not typed, and nothing was removed. */
  readonly refused: boolean
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
  const keeping = present.filter(({ resource, have }) => have !== null && resource.holdsData && !withData)
  const going = present
    .filter(({ resource, have }) => have !== null && (withData || !resource.holdsData))
    .map(({ resource, have }) => ({ resource, commands: resource.remove?.(have) ?? [] }))
    .filter(({ commands }) => commands.length > 0)
  await sdk.learn(going.flatMap(({ commands }) => commands))
  const kept = keeping.map(({ resource }) => resource.id)
  for (const id of kept) say(`= ${id} stays: it holds data (--delete-data removes it)`)
  for (const queue of await queuesOf(deployment))
    say(`= queue ${queue} stays: Google does not give its name out again for a week`)
  for (const { resource, commands } of going) {
    for (const line of [`- ${resource.id}`, ...commands.map((command) => `    $ ${lineOf(command, sdk)}`)]) say(line)
  }
  if (going.length === 0) {
    questions.close()
    say('Nothing is left to remove.')
    return { removed: 0, failed: 0, kept, refused: false }
  }
  if (going.some(({ resource }) => resource.holdsData)) for (const line of FOR_EVER) say(line)
  const isMeant = await isNamed(target.project, questions)
  questions.close()
  if (!isMeant) {
    say(questions.isOver ? 'Nothing was removed: the input ended before the name.' : notTheName(target.project))
    return { removed: 0, failed: 0, kept, refused: true }
  }
  const failed = await removeAll(going, deployment, say)
  if (kept.length > 0) say(`What stays: ${kept.join(', ')}. ${WHAT_IT_COSTS}`)
  return { removed: going.length - failed, failed, kept, refused: false }
}

/** What whoever deletes data has to know before. */
const FOR_EVER = [
  'THE DATA GOES, TOO. Every session ends for ever: each phone has to be linked anew.',
  'Messages, checkpoints and SESSION_ENCRYPTION_KEY go with it. Without that key no copy of a session can be opened again.',
]

const WHAT_IT_COSTS =
  'It costs little: nothing runs, and only what is stored is paid for. A later `npm run infra -- apply` finds every session again.'

const notTheName = (project: string): string => `Nothing was removed, because that is not the name of the project, ${project}.`

const isNamed = async (project: string, questions: Questions): Promise<boolean> =>
  (await questions.ask('Type the name of the project to remove this')) === project

/** The queues that are there. Functions made them, and no command here removes them. */
async function queuesOf({ target: { project, region }, rest }: Deployment): Promise<readonly string[]> {
  const url = `https://cloudtasks.googleapis.com/v2/projects/${project}/locations/${region}/queues`
  const present = listAt(await rest.read({ url }), 'queues').map(({ name }) => lastOf(String(name)))
  return queues().filter((queue) => present.includes(queue))
}

/** Removes the things of one stage before those of an earlier one. Returns the number of those that are still there. */
async function removeAll(going: readonly Going[], { sdk }: Deployment, say: (line: string) => void): Promise<number> {
  const progress = new Progress({ say, changes: going, isRemoval: true })
  let failed = 0
  for (const stage of STAGES.toReversed()) {
    await inLanes(
      going.filter(({ resource }) => resource.stage === stage),
      ({ resource }) => resource.lane ?? resource.id,
      async ({ resource, commands }) => {
        const trouble = await progress.step(resource.id, () => troubleWith(commands, { programs: sdk }))
        if (trouble === null) return
        failed++
        say(trouble.replace(/^/gm, '      '))
      },
    )
  }
  const count = failed === 0 ? `${going.length} removed` : `${going.length - failed} removed, ${failed} failed`
  say(`${count} (${progress.duration}).`)
  return failed
}
