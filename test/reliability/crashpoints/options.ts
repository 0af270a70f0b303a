import { oneOf, readOptions, seedOption, wholeNumber } from '../../support/command-options.ts'
import { SCENARIOS } from './scenarios/all.ts'

export interface Options {
  seed: number
  /** By name; all of them unless told otherwise. */
  scenarios: readonly string[]
  /** Only points with this in their name. */
  point: string | null
  all: boolean
  /** So many cases of each scenario, drawn from all that there are; null for what `planCases` takes. */
  sample: number | null
  /** How many scenarios are played at once. */
  stages: number
  json: boolean
  help: boolean
}

const NAMES = SCENARIOS.map(({ name }) => name)

export const HELP = `Breaks the runner at every step of what it does, and asks the simulator and Firestore afterwards.

  npm run crashpoints                                every point dies before and after it took effect, other faults by chance
  npm run crashpoints -- --only claim --seed 7       one scenario
  npm run crashpoints -- --all                       every fault at every passage: hours

  --only S,...   ${NAMES.join(', ')}
  --sample N     so many cases of each scenario, drawn by the seed from all
  --point TEXT   only points whose names contain it
  --seed N       the same cases again; told at the start if not given
  --stages N     how many scenarios are played at once (3)
  --json         { points, cases, broken: [{ scenario, point, fault, what }] } and figures, as the last thing on stdout

Ends with 0 if nothing is broken and every point was reached, 1 if not, 2 for a wrong option.
`

/** @throws BadOption, with a message for the person who typed it. */
export function parseOptions(args: readonly string[]): Options {
  const { only, point, sample, ...values } = readOptions(args, {
    numbers: { seed: seedOption('random'), stages: { least: 1, most: 16, fallback: 3 } },
    words: ['only', 'point', 'sample'],
    flags: ['all'],
  })
  return {
    ...values,
    point: point ?? null,
    sample: sample === undefined ? null : wholeNumber('sample', sample, { least: 1, most: 100_000 }),
    scenarios: only === undefined ? NAMES : only.split(',').map((name) => oneOf('only', name.trim(), NAMES)),
  }
}
