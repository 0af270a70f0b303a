import { oneOf, readOptions, seedOption, wholeNumber } from '../../support/command-options.ts'
import { SCENARIOS } from './scenarios/all.ts'

export interface Options {
  seed: number
  /** The names of the scenarios; all by default. */
  scenarios: readonly string[]
  /** Selects points whose names contain this text; null selects all. */
  point: string | null
  all: boolean
  /** The number of cases drawn from all cases of each scenario; null for the default plan of `planCases`. */
  sample: number | null
  /** The number of scenarios that run at once. */
  stages: number
  json: boolean
  help: boolean
}

const NAMES = SCENARIOS.map(({ name }) => name)

export const HELP = `Injects a fault into the runner at each of its steps, and compares the simulator with Firestore afterwards.

  npm run crashpoints                                a crash before and after each point, other faults at random
  npm run crashpoints -- --only claim --seed 7       one scenario
  npm run crashpoints -- --all                       every fault at every passage of a point; takes hours

  --only S,...   ${NAMES.join(', ')}
  --sample N     draws N cases of each scenario from all, by the seed
  --point TEXT   only points whose names contain TEXT
  --seed N       repeats the cases of an earlier run (random; printed at the start)
  --stages N     number of scenarios that run at once (3)
  --json         prints { points, cases, broken: [{ scenario, point, fault, what }] } and figures, as the last output on stdout

Exit codes: 0 if no case is broken and every point was reached, 1 if not, 2 for a wrong option.
`

/** @throws BadOption, with a message for the user of the command line. */
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
