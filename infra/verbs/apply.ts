import { CommandFailed, runCommand, type Running } from '../google/run-command.ts'
import { standingLine, standingOf } from '../resources/pool-splits.ts'
import { type Change, STAGES } from '../resources/resource.ts'
import { poolRead } from '../resources/runner-platform.ts'
import { changesIn, type Deployment, judgeAll } from './deployment.ts'
import { commandLines, fieldLines, headline } from './describe.ts'
import { inLanes } from './lanes.ts'
import { Progress } from './progress.ts'
import { whereApiIs } from './where-api-is.ts'

export interface ApplyOptions {
  readonly say: (line: string) => void
}

export interface Applied {
  readonly changed: number
  readonly failed: number
  /** How long it took. */
  readonly seconds: number
}

/**
 * Makes everything as it is wanted, stage by stage. Each stage is judged right before it begins, so that a run that was cut short
 * continues where it was. What fails does not stop the rest of its stage, and no later stage begins.
 */
export async function apply(deployment: Deployment, { say }: ApplyOptions): Promise<Applied> {
  let changed = 0
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
    const failed = refused.length + (await carryOut(possible, deployment, progress, say))
    changed += changes.length - failed
    if (failed > 0) {
      say(
        `${changed} changed, ${failed} failed (${progress.duration}). What is done stays done: mend the cause, and run it again.`,
      )
      return { changed, failed, seconds: progress.seconds }
    }
  }
  const pool = standingOf(await deployment.rest.read(poolRead(deployment.target)))
  if (pool !== null && !pool.followsNewest) say(`${standingLine(pool)} \`npm run infra -- roll\` goes on with it.`)
  const hasApi = deployment.resources.some(({ stage }) => stage === 'server')
  if (hasApi) for (const line of await whereApiIs(deployment.target, deployment.rest)) say(line)
  say(changed === 0 ? 'Nothing had to be changed.' : `${changed} changed in ${progress.duration}. Everything is as wanted.`)
  return { changed, failed: 0, seconds: progress.seconds }
}

/** Runs the commands of one stage. Returns the number of changes that failed. */
async function carryOut(
  changes: readonly Change[],
  { sdk }: Deployment,
  progress: Progress,
  say: (line: string) => void,
): Promise<number> {
  await sdk.learn(changes.flatMap(({ commands }) => commands))
  let failed = 0
  await inLanes(
    changes,
    ({ resource }) => resource.lane ?? resource.id,
    async (change) => {
      const { id } = change.resource
      for (const line of [headline(change), ...fieldLines(change), ...commandLines(change, sdk)]) say(`  ${line}`)
      const onAgain = (why: string, pauseMs: number) =>
        say(`  ${id}: again in ${pauseMs / 1000} s, because Google does not know everything yet: ${why}`)
      const trouble = await progress.step(id, () => troubleWith(change, { programs: sdk, onAgain }))
      if (trouble === null) return
      failed++
      say(trouble.replace(/^/gm, '      '))
    },
  )
  return failed
}

/** Runs the commands of a change. Returns why it failed, or null. */
async function troubleWith({ commands }: Change, running: Running): Promise<string | null> {
  try {
    for (const command of commands) await runCommand(command, running)
    return null
  } catch (error) {
    if (error instanceof CommandFailed) return error.message
    throw error
  }
}
