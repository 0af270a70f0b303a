import { parseArgs } from 'node:util'
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

export class BadOption extends Error {}

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

const MOST = { seed: 2 ** 32 - 1, stages: 16, sample: 100_000 }

/** @throws BadOption, with a message for the person who typed it. */
export function parseOptions(args: string[]): Options {
  const { json = false, help = false, all = false, only, point, seed, stages, sample } = parse(args)
  const number = (name: keyof typeof MOST, given: string | undefined, fallback: number, least: number) => {
    const value = Number(given ?? fallback)
    if (Number.isInteger(value) && value >= least && value <= MOST[name]) return value
    throw new BadOption(`--${name} must be ${least} to ${MOST[name]}.`)
  }
  return {
    json,
    help,
    all,
    point: point ?? null,
    sample: sample === undefined ? null : number('sample', sample, 0, 1),
    scenarios: only === undefined ? NAMES : only.split(',').map((name) => scenarioNamed(name.trim())),
    seed: number('seed', seed, Math.floor(Math.random() * 1_000_000), 0),
    stages: number('stages', stages, 3, 1),
  }
}

function scenarioNamed(name: string): string {
  if (NAMES.includes(name)) return name
  throw new BadOption(`--only must be of: ${NAMES.join(', ')}.`)
}

function parse(args: string[]) {
  try {
    const text = { type: 'string' } as const
    const flag = { type: 'boolean' } as const
    const words = { only: text, point: text, seed: text, stages: text, sample: text }
    return parseArgs({ args, options: { ...words, all: flag, json: flag, help: { ...flag, short: 'h' } } }).values
  } catch (error) {
    throw new BadOption(error instanceof Error ? error.message : String(error))
  }
}
