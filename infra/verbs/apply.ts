import { setTimeout as sleep } from 'node:timers/promises'
import { troubleWith } from '../google/run-command.ts'
import { standingLine, standingOf, wayOn } from '../resources/pool-splits.ts'
import { type Change, type Resource, STAGES } from '../resources/resource.ts'
import { poolRead } from '../resources/runner-platform.ts'
import { changesIn, type Deployment, judgeAll } from './deployment.ts'
import { commandLines, fieldLines, headline } from './describe.ts'
import { inLanes } from './lanes.ts'
import { nextStep } from './next-step.ts'
import { Progress } from './progress.ts'
import { whereApiIs } from './where-api-is.ts'

export interface ApplyOptions {
  /** True: the resources are some of all, so that nothing can be said about the others. */
  readonly isPart: boolean
  readonly say: (line: string) => void
  /** The pauses before further looks at what is not as wanted, in milliseconds. */
  readonly looksAfterMs?: readonly number[]
}

/** Google shows some changes seconds after their commands have succeeded. */
const LOOKS_AFTER_MS = [2000, 5000, 10_000, 20_000]

export interface Applied {
  readonly changed: number
  readonly failed: number
  /** What is not as wanted although its commands succeeded. */
  readonly different: readonly string[]
  /** How long it took. */
  readonly seconds: number
}

/**
 * Makes everything as it is wanted, stage by stage. Each stage is judged right before it begins, so that a run that was cut short
 * continues where it was. What fails does not stop the rest of its stage, and no later stage begins. In the end it looks once more at what
 * it has changed: a command can succeed and change nothing.
 */
export async function apply(
  deployment: Deployment,
  { isPart, say, looksAfterMs = LOOKS_AFTER_MS }: ApplyOptions,
): Promise<Applied> {
  const changed: Resource[] = []
  const expected = changesIn(await judgeAll(deployment.resources, deployment.rest))
  const progress = new Progress({ say, changes: expected })
  for (const stage of expected.length === 0 ? [] : STAGES) {
    const resources = deployment.resources.filter((resource) => resource.stage === stage)
    const changes = changesIn(await judgeAll(resources, deployment.rest))
    if (changes.length === 0) continue
    say(`${stage}: ${changes.length} of ${resources.length} to change`)
    progress.begin(stage, changes.length)
    const refused = changes.filter(({ kind }) => kind === 'refused')
    for (const change of refused) for (const line of [headline(change), ...fieldLines(change)]) say(line)
    const possible = changes.filter(({ kind }) => kind !== 'refused')
    const done = await carryOut(possible, deployment, progress, say)
    changed.push(...done)
    const failed = changes.length - done.length
    if (failed > 0) {
      say(
        `${changed.length} changed, ${failed} failed (${progress.duration}). What is done stays done: mend the cause, and run it again.`,
      )
      return { changed: changed.length, failed, different: [], seconds: progress.seconds }
    }
  }
  const pool = standingOf(await deployment.rest.read(poolRead(deployment.target)))
  if (pool !== null && !pool.followsNewest) say(`${standingLine(pool)} ${wayOn(pool)}`)
  const hasApi = deployment.resources.some(({ stage }) => stage === 'server')
  if (hasApi) for (const line of await whereApiIs(deployment.target, deployment.rest)) say(line)
  const different = (await stillDifferent(changed, deployment, looksAfterMs)).map(({ id }) => id)
  for (const id of different)
    say(`${id} is still not as wanted although its command succeeded: \`npm run infra -- plan\` shows how.`)
  say(ending({ changed: changed.length, different: different.length, duration: progress.duration, isPart }))
  if (different.length === 0 && !isPart) say(nextStep('doctor'))
  return { changed: changed.length, failed: 0, different, seconds: progress.seconds }
}

/** Returns those that are not as wanted at the last look. What a look finds as wanted is not looked at again. */
async function stillDifferent(
  resources: readonly Resource[],
  { rest }: Pick<Deployment, 'rest'>,
  pausesMs: readonly number[],
): Promise<readonly Resource[]> {
  const found = changesIn(await judgeAll(resources, rest)).map(({ resource }) => resource)
  const [pauseMs, ...later] = pausesMs
  if (found.length === 0 || pauseMs === undefined) return found
  await sleep(pauseMs)
  return await stillDifferent(found, { rest }, later)
}

interface End {
  readonly changed: number
  readonly different: number
  readonly duration: string
  readonly isPart: boolean
}

function ending({ changed, different, duration, isPart }: End): string {
  if (changed === 0) return 'Nothing had to be changed.'
  const rest = isPart ? 'What was chosen is as wanted.' : 'Everything is as wanted.'
  return `${changed} changed in ${duration}${different > 0 ? `, ${different} of them in vain.` : `. ${rest}`}`
}

/** Runs the commands of one stage. Returns what they changed, without what failed. */
async function carryOut(
  changes: readonly Change[],
  { sdk }: Deployment,
  progress: Progress,
  say: (line: string) => void,
): Promise<readonly Resource[]> {
  await sdk.learn(changes.flatMap(({ commands }) => commands))
  const done: Resource[] = []
  await inLanes(
    changes,
    ({ resource }) => resource.lane ?? resource.id,
    async (change) => {
      const { id } = change.resource
      for (const line of [headline(change), ...fieldLines(change), ...commandLines(change, sdk)]) say(`  ${line}`)
      const onAgain = (why: string, pauseMs: number) =>
        say(`  ${id}: again in ${pauseMs / 1000} s, because Google does not know everything yet: ${why}`)
      const trouble = await progress.step(id, () => troubleWith(change.commands, { programs: sdk, onAgain }))
      if (trouble === null) done.push(change.resource)
      else say(trouble.replace(/^/gm, '      '))
    },
  )
  return done
}
