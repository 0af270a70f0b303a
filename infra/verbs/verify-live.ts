import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { givenFunctionsUrl } from '../config.ts'
import { accessToken } from '../google/access-token.ts'
import { hasDefaultCredentials, LOGIN } from '../google/default-credentials.ts'
import { runCommand } from '../google/run-command.ts'
import { runProgram } from '../google/run-program.ts'
import { lineOf, type Command } from '../resources/command.ts'
import { textAt } from '../resources/fields.ts'
import { LIVE_CHECKS } from '../verify/all-checks.ts'
import { LiveCalls } from '../verify/live-calls.ts'
import type { LiveCheck, LiveContext } from '../verify/live-check.ts'
import { announcement, checksIn, pageOf, type VerifyReport } from '../verify/report.ts'
import { cleanUp, runChecks } from '../verify/run-checks.ts'
import { scratchOf } from '../verify/scratch.ts'
import { strayErrors } from '../verify/stray-errors.ts'
import { thingsOfRun } from '../verify/scratch-of-trial.ts'
import type { Deployment } from './deployment.ts'
import { interruption, type Interruption } from './interruption.ts'
import { Questions } from './questions.ts'

const ASK_AGAIN_MS = 2000

export interface VerifyOptions {
  readonly say: (line: string) => void
  /** Takes only the checks whose names have this in them. */
  readonly only: string
  /** True: also what disturbs those who use the deployment. */
  readonly withLong: boolean
  /** True: latency is measured from the region, too. */
  readonly fromRegion: boolean
  /** True: nobody is asked. */
  readonly isAgreed: boolean
  /** The name of the run. One is made if left out. */
  readonly run: string | undefined
  /** The page that is written, with its JSON beside it. Null: none. */
  readonly page: string | null
  readonly questions?: Questions
  /** Whether Google's clients have credentials here. */
  readonly hasCredentials?: () => Promise<boolean>
}

/**
 * Shows on a real project what nothing else can show. Null when the person said no, or when there was nothing to do.
 *
 * @throws Error when checks would need credentials that this machine does not have
 */
export async function verifyLive(deployment: Deployment, options: VerifyOptions): Promise<VerifyReport | null> {
  const { say, only, isAgreed, run = randomBytes(3).toString('hex') } = options
  const named = LIVE_CHECKS.filter(({ name }) => name.includes(only))
  const checks = named.filter((one) => lackingFor(one, options) === null)
  const leftOut = named.flatMap((one) => (checks.includes(one) ? [] : [`${one.name} (needs ${lackingFor(one, options)})`]))
  for (const line of announcement(checks)) say(line)
  if (leftOut.length > 0) say(`Left out: ${leftOut.join(', ')}`)
  if (checks.length === 0) return null
  await wantCredentials(checks, options.hasCredentials ?? hasDefaultCredentials)
  say(`What it makes has ${run} in its name, and is removed afterwards. \`verify-live --clean ${run}\` removes it, too.`)
  if (!isAgreed && !(await agrees(deployment.target.project, options.questions ?? new Questions(), say))) return null
  const interrupted = interruptions(say, run)
  const strays = strayErrors(say)
  try {
    const report = await runAll(deployment, checks, {
      ...options,
      run,
      signal: interrupted.signal,
      leftOut,
      strays: strays.take,
    })
    for (const line of summary(report)) say(line)
    if (options.page !== null) writeReport(options.page, report, say)
    return report
  } finally {
    interrupted.end()
    strays.end()
  }
}

/** Pure: returns the words without which a check does not run and which nobody has given, or null if it runs. */
function lackingFor({ asked, disturbs }: LiveCheck, { only, withLong, fromRegion }: VerifyOptions): string | null {
  if (asked === '--from-region') return fromRegion ? null : asked
  if (asked === '--only chaos') return only.startsWith('chaos') ? null : asked
  if (asked === '--only copies') return only.startsWith('copies') ? null : asked
  return disturbs === undefined || withLong ? null : '--long'
}

/** The first check that needs them would tell it minutes later, and in the words of the clients. */
async function wantCredentials(checks: readonly LiveCheck[], hasCredentials: () => Promise<boolean>): Promise<void> {
  const needing = checks.filter(({ hasClients }) => hasClients).map(({ name }) => name)
  if (needing.length === 0 || (await hasCredentials())) return
  throw new Error(`Nothing was done: ${needing.join(', ')} need credentials that are not there. Run ${LOGIN}, then this again.`)
}

async function agrees(project: string, questions: Questions, say: (line: string) => void): Promise<boolean> {
  const answer = await questions.ask(`Run this on ${project}? (yes or no)`, 'no')
  questions.close()
  if (answer === 'yes') return true
  say(questions.isOver ? 'Nothing was done: the input ended before an answer. --yes asks nothing.' : 'Nothing was done.')
  return false
}

/** The first Ctrl-C ends the checks and cleans up. */
const interruptions = (say: (line: string) => void, run: string): Interruption =>
  interruption({
    onFirst: () => say('Ending, and cleaning up. Once more ends at once.'),
    onAgain: () => {
      say(`Ended without cleaning up. \`npm run infra -- verify-live --clean ${run}\` removes what is left.`)
      process.exit(130)
    },
  })

interface Running extends VerifyOptions {
  readonly run: string
  readonly signal: AbortSignal
  readonly leftOut: readonly string[]
  readonly strays: () => readonly unknown[]
}

async function runAll(deployment: Deployment, checks: readonly LiveCheck[], running: Running): Promise<VerifyReport> {
  const { target } = deployment
  const { say, run, signal, leftOut, strays } = running
  const context = contextOf(deployment, running)
  const things = thingsOfRun(target, context.scratch)
  const at = new Date().toISOString()
  const outcomes = await runChecks(checks, context, things, strays)
  say('Cleaning up.')
  const left = await cleanUp(things, context)
  return {
    v: 1,
    run,
    project: target.project,
    region: target.region,
    at,
    versions: await versionsOf(deployment),
    checks: checksIn(outcomes),
    leftOut,
    interrupted: signal.aborted,
    left,
  }
}

type ContextOptions = Pick<Running, 'run' | 'signal' | 'say'>

function contextOf({ target, resources, rest, sdk }: Deployment, { run, signal, say }: ContextOptions): LiveContext {
  const calls = new LiveCalls({ target, token: accessToken, signal })
  return {
    target,
    resources,
    programs: sdk,
    scratch: scratchOf(target, run),
    signal,
    functionsUrl: givenFunctionsUrl() ?? `https://${target.region}-${target.project}.cloudfunctions.net`,
    say,
    command: async (command: Command) => {
      await sdk.learn([command])
      say(`    $ ${lineOf(command, sdk)}`)
      await runCommand(command, { programs: sdk, onAgain: (why) => say(`    again: ${why.split('\n').at(-1)}`) })
    },
    read: (read) => rest.read(read),
    call: (request, as) => calls.call(request, as),
    identityToken: (account, audience) => calls.identityToken(account, audience),
    until: (what, limitMs, ask) => until(what, limitMs, ask, signal),
  }
}

async function until<Answer>(
  what: string,
  limitMs: number,
  ask: () => Promise<Answer | null>,
  signal: AbortSignal,
): Promise<Answer> {
  const begun = performance.now()
  for (;;) {
    signal.throwIfAborted()
    const answer = await ask()
    if (answer !== null) return answer
    if (performance.now() - begun > limitMs) throw new Error(`Waited ${Math.round(limitMs / 1000)} s in vain for ${what}.`)
    await sleep(Math.min(ASK_AGAIN_MS, limitMs / 10), undefined, { signal })
  }
}

/** Removes what a run has left. Returns the commands that failed. */
export async function cleanRun(deployment: Deployment, run: string, say: (line: string) => void): Promise<readonly string[]> {
  const context = contextOf(deployment, { run, say, signal: new AbortController().signal })
  const left = await cleanUp(thingsOfRun(deployment.target, context.scratch), context)
  say(left.length === 0 ? `Nothing of ${run} is left.` : `${left.length} commands failed.`)
  return left
}

async function versionsOf({ target: { release } }: Deployment): Promise<Record<string, string>> {
  const { output } = await runProgram(['gcloud', 'version', '--format=json'])
  return {
    functions: release.functions,
    runner: release.runner,
    Node: process.version,
    gcloud: sdkIn(output),
  }
}

function sdkIn(output: string): string {
  try {
    return textAt(JSON.parse(output), 'Google Cloud SDK') ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

function summary({ checks, interrupted, left }: VerifyReport): readonly string[] {
  const bad = checks.filter(({ problems }) => problems.length > 0)
  const rows = checks.map(({ name, seconds, problems }) => {
    const result = problems.length === 0 ? 'holds' : `BAD: ${problems[0]?.what}`
    return `${name.padEnd(26)} ${String(seconds).padStart(4)} s  ${result}`
  })
  const end = bad.length === 0 ? 'All of it holds.' : `${bad.length} of ${checks.length} do not hold.`
  return ['', ...rows, interrupted ? 'It was ended early.' : end, ...(left.length > 0 ? ['Something is left to remove.'] : [])]
}

/** Writes the page, and the same as JSON beside it. */
function writeReport(page: string, report: VerifyReport, say: (line: string) => void): void {
  mkdirSync(dirname(page), { recursive: true })
  writeFileSync(page, pageOf(report))
  writeFileSync(page.replace(/(\.md)?$/, '.json'), `${JSON.stringify(report, null, 2)}\n`)
  say(`${page} has it.`)
}

/** Where a page lies if nobody says otherwise. */
export const pageToday = (): string => `docs/verified/${new Date().toISOString().slice(0, 10)}.md`

/** Whether everything holds. */
export const holds = ({ checks, interrupted, left }: VerifyReport): boolean =>
  !interrupted && left.length === 0 && checks.every(({ problems }) => problems.length === 0)
