import { isHoldfastError, messageOf } from '@holdfast/core/platform/errors'
import { CommandFailed } from '../google/run-command.ts'
import { lineOf, type Command, type Programs } from '../resources/command.ts'
import type { Read } from '../resources/resource.ts'
import { LOGIN } from '../google/default-credentials.ts'
import { NotTrusted } from './live-calls.ts'
import type { LiveCheck, LiveContext, Problem, Verdict } from './live-check.ts'
import type { Scratch, ScratchThing } from './scratch.ts'

export interface Outcome extends Verdict {
  readonly check: LiveCheck
  readonly seconds: number
}

/**
 * Runs checks one after the other, and makes what each needs before it. One that fails keeps no other from running; an interruption
 * ends all. Errors that nobody has caught meanwhile are problems of the check. Whoever calls this cleans up afterwards.
 */
export async function runChecks(
  checks: readonly LiveCheck[],
  context: LiveContext,
  things: readonly ScratchThing[],
  strays: () => readonly unknown[] = () => [],
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  const made = new Set<keyof Scratch>()
  for (const [index, check] of checks.entries()) {
    if (context.signal.aborted) break
    context.say(`[${index + 1}/${checks.length}] ${check.name}: about ${check.seconds} s`)
    const begun = performance.now()
    const verdict = await verdictOn(check, context, things, made)
    if (context.signal.aborted) break
    const problems = [...verdict.problems, ...strays().map(strayProblem)]
    const outcome = { ...verdict, problems, check, seconds: Math.round((performance.now() - begun) / 1000) }
    outcomes.push(outcome)
    for (const line of outcomeLines(outcome)) context.say(line)
  }
  return outcomes
}

async function verdictOn(
  check: LiveCheck,
  context: LiveContext,
  things: readonly ScratchThing[],
  made: Set<keyof Scratch>,
): Promise<Verdict> {
  try {
    for (const kind of check.needs ?? []) {
      const thing = things.find((one) => one.kind === kind)
      if (!made.has(kind)) await make(thing, context)
      made.add(kind)
    }
    return await check.run(context)
  } catch (error) {
    return { figures: {}, problems: [problemOf(error)] }
  }
}

async function make(thing: ScratchThing | undefined, { command }: LiveContext): Promise<void> {
  await thing?.prepare?.()
  for (const one of thing?.create ?? []) await command(one)
}

/** Pure: says what an error means for the one who runs this. */
export function problemOf(error: unknown): Problem {
  const what = `it could not be run: ${messageOf(error).split('\n')[0]}`
  if (error instanceof NotTrusted) return { what: error.message, mend: error.mend }
  if (isHoldfastError(error) && error.advice !== undefined) return { what, mend: error.advice }
  if (/default credentials|UNAUTHENTICATED|invalid_grant/i.test(messageOf(error))) return { what, mend: LOGIN }
  if (error instanceof CommandFailed)
    return { what: messageOf(error), mend: 'Run the printed command by hand. It says what it lacks.' }
  return { what, mend: 'npm run infra -- doctor, then this check again with --only.' }
}

const strayProblem = (error: unknown): Problem => ({
  ...problemOf(error),
  what: `an error that nobody has caught: ${messageOf(error).split('\n')[0]}`,
})

function outcomeLines({ check, figures, problems, seconds }: Outcome): readonly string[] {
  const shown = Object.entries(figures)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
  const word = problems.length === 0 ? 'ok   ' : 'BAD  '
  return [
    `${word} ${check.name} (${seconds} s)${shown === '' ? '' : `: ${shown}`}`,
    ...problems.flatMap(({ what, mend }) => [`      ${what}`, `      -> ${mend}`]),
  ]
}

interface Cleaning {
  readonly read: (read: Read) => Promise<unknown>
  readonly command: (command: Command) => Promise<void>
  readonly programs: Programs
  readonly say: (line: string) => void
}

/** Removes what a run has made, as far as it is there. Returns the commands that have failed, for doing them by hand. */
export async function cleanUp(
  things: readonly ScratchThing[],
  { read, command, programs, say }: Cleaning,
): Promise<readonly string[]> {
  const left: string[] = []
  for (const { kind, read: what, have, remove } of things) {
    try {
      const answer = await read(what)
      if ((have ? have(answer) : answer) == null) continue
      for (const one of remove) await command(one)
    } catch (error) {
      say(`The ${kind} of this run could not be removed: ${messageOf(error).replaceAll('\n', ' ')}`)
      left.push(...remove.map((one) => lineOf(one, programs)))
    }
  }
  for (const line of left) say(`    $ ${line}`)
  return left
}
