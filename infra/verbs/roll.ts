import { setTimeout as sleep } from 'node:timers/promises'
import { GoogleError } from '../google/rest.ts'
import { CommandFailed, runCommand } from '../google/run-command.ts'
import { lineOf } from '../resources/command.ts'
import { FOLLOW_NEWEST, splitsAt, standingLine, standingOf, stepAfter, type Standing, wayOn } from '../resources/pool-splits.ts'
import { poolRead, splitCommand } from '../resources/runner-platform.ts'
import type { Deployment } from './deployment.ts'
import { gate, type Verdict } from './roll-gate.ts'
import { RollWatch } from './roll-watch.ts'

export interface RollOptions {
  readonly say: (line: string) => void
  /** True: takes a roll-out back instead of going on with it. */
  readonly back: boolean
  /** How long each step is watched. */
  readonly watchMs: number
  /** Aborted when the caller wants it to stop where it is. */
  readonly stop: AbortSignal
}

export interface Rolled {
  /** `over`: all instances are of the newest revision. `stopped`: they stand where they are. */
  readonly end: 'over' | 'back' | 'stopped' | 'failed'
  readonly newest: string | null
  /** The percentage of instances that are of the newest revision. */
  readonly share: number
  readonly reasons: readonly string[]
}

/** Between two looks. */
const LOOK_EVERY_MS = 15_000
/** Looks in a row that may fail. Nobody can judge what nobody sees, so that the roll-out then stops where it is. */
const BLIND_LOOKS = 20

/**
 * Moves the instances to the newest revision in steps, and watches each. When something is wrong it goes back to the old revision. How
 * far it has come is read from the pool, so that a run that was cut short goes on where it was.
 */
export async function roll(deployment: Deployment, options: RollOptions): Promise<Rolled> {
  const { say, stop } = options
  try {
    return await stepByStep(deployment, options)
  } catch (error) {
    // A terminal sends Ctrl-C to the command, too, which then has failed. Whether it came to something, the pool says.
    if (!(error instanceof CommandFailed) || !stop.aborted) throw error
    const standing = standingOf(await deployment.rest.read(poolRead(deployment.target)))
    if (standing === null) throw error
    const { newest, share } = standing
    return stopped(standing, (end, reasons = []) => ({ end, newest, share, reasons }), say)
  }
}

async function stepByStep(deployment: Deployment, options: RollOptions): Promise<Rolled> {
  const { say, back, stop } = options
  for (;;) {
    const pool = await deployment.rest.read(poolRead(deployment.target))
    const standing = standingOf(pool)
    if (standing === null)
      return failed(
        'There is no worker pool: `npm run infra -- apply` makes it, and a service moves to its newest revision at once.',
        say,
      )
    const ended = (end: Rolled['end'], reasons: readonly string[] = []): Rolled => ({
      end,
      newest: standing.newest,
      share: end === 'back' ? 0 : standing.share,
      reasons,
    })
    if (standing.followsNewest && !(back && standing.old !== null)) {
      if (back) return failed(whyNotBack(standing), say, standing)
      say(standingLine(standing))
      return ended('over')
    }
    if (stop.aborted) return stopped(standing, ended, say)
    if (back) return await goBack({ deployment, pool, standing, ended, say }, ['You asked for it.'])
    if (standing.share > 0) {
      say(`${standingLine(standing)} Watching it for ${options.watchMs / 60_000} min.`)
      const verdict = await watch(deployment, standing, options)
      if (verdict === 'stopped') return stopped(standing, ended, say)
      if (verdict === 'blind') return failed('Nothing could be seen for minutes. The instances stay as they are.', say, standing)
      // The pool may have changed meanwhile: the number of instances is others'.
      const now = await deployment.rest.read(poolRead(deployment.target))
      if (verdict.gate === 'back') return await goBack({ deployment, pool: now, standing, ended, say }, verdict.reasons)
      await take(deployment, now, standing, say)
    } else await take(deployment, pool, standing, say)
  }
}

type Say = (line: string) => void
type Ended = (end: Rolled['end'], reasons?: readonly string[]) => Rolled

/** Takes the next step. After the last one the instances follow each new revision, as before the roll-out. */
async function take(deployment: Deployment, pool: unknown, standing: Standing, say: Say): Promise<void> {
  if (standing.share === 100) return await split(deployment, pool, FOLLOW_NEWEST, standing, say)
  await split(deployment, pool, splitsAt(standing, stepAfter(standing)), standing, say)
}

interface GoingBack {
  readonly deployment: Deployment
  readonly pool: unknown
  readonly standing: Standing
  readonly ended: Ended
  readonly say: Say
}

async function goBack({ deployment, pool, standing, ended, say }: GoingBack, reasons: readonly string[]): Promise<Rolled> {
  for (const reason of reasons) say(`BACK  ${reason}`)
  const old = standing.old
  if (old === null) {
    const why = whyNotBack(standing)
    say(why)
    return { ...ended('failed', [why]), share: standing.share }
  }
  if (standing.share > 0) await split(deployment, pool, splitsAt(standing, 0), standing, say, standing.newest)
  say(`All instances are of ${old}. ${standing.newest} has none.`)
  say(wayOn({ ...standing, takenBack: true }))
  return ended('back', reasons)
}

/** Cloud Run numbers revisions, the first one with one. */
const isFirst = (revision: string): boolean => /-0*1(-|$)/.test(revision)

const whyNotBack = ({ newest }: Standing): string =>
  isFirst(newest)
    ? `There is no way back: ${newest} is the first revision, and there is no other. Nothing was changed.`
    : `No roll-out is under way, so that the revision before ${newest} is not known here. Nothing was changed. ` +
      'docs/UPGRADING.md, "The way back", says how to name one.'

/** The number of instances stays: where the sweep sizes the fleet, it may have changed since the pool was looked at. */
async function split(
  { target, sdk, rest }: Deployment,
  pool: unknown,
  splits: readonly object[],
  { old }: Standing,
  say: Say,
  takenBack?: string,
): Promise<void> {
  const commandOn = (present: unknown) => splitCommand(target, present, { splits, before: old, takenBack })
  await sdk.learn([commandOn(pool)])
  // The command writes the pool whole. This look comes right before it, and what the sweep says in between it says again a minute later.
  const command = commandOn(await rest.read(poolRead(target)))
  await sdk.learn([command])
  say(`  instanceSplits: ${JSON.stringify(splits)}`)
  say(`  $ ${lineOf(command, sdk)}`)
  await runCommand(command, { programs: sdk })
}

/** Watches one step until its gate opens, or says that it has to go back. */
async function watch(
  { target, rest }: Deployment,
  { newest }: Standing,
  { say, watchMs, stop }: RollOptions,
): Promise<Verdict | 'stopped' | 'blind'> {
  const watch = new RollWatch({ target, reader: rest, newest, now: () => performance.now() })
  const pauseMs = Math.min(LOOK_EVERY_MS, Math.max(100, watchMs / 8))
  let told = ''
  for (let blind = 0; blind < BLIND_LOOKS;) {
    try {
      const verdict = gate(await watch.look(), watchMs)
      blind = 0
      if (verdict.gate !== 'wait') return verdict
      // What stays the same is told once.
      const reasons = verdict.reasons.join(' ')
      if (reasons !== told) say(`wait  ${reasons}`)
      told = reasons
    } catch (error) {
      if (!(error instanceof GoogleError)) throw error
      blind++
      say(`wait  It could not be seen: ${error.message}`)
    }
    if (stop.aborted) return 'stopped'
    await sleep(pauseMs, undefined, { signal: stop }).catch(() => {})
    if (stop.aborted) return 'stopped'
  }
  return 'blind'
}

function stopped(standing: Standing, ended: Ended, say: Say): Rolled {
  say(`Stopped. ${standingLine(standing)} They stay so.`)
  say('`npm run infra -- roll` goes on, `npm run infra -- roll --back` takes it back.')
  return ended('stopped')
}

function failed(why: string, say: Say, standing?: Standing): Rolled {
  say(why)
  return { end: 'failed', newest: standing?.newest ?? null, share: standing?.share ?? 0, reasons: [why] }
}
