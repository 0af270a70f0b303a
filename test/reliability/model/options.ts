import { parseArgs } from 'node:util'

export interface Options {
  readonly schedules: number
  /** Of the first schedule; each one after it has the next. */
  readonly seed: number
  /** Of each schedule. */
  readonly steps: number
  readonly json: boolean
}

export class BadOption extends Error {}

export const HELP = `Two and three owners of one session under schedules that a seed chooses, on the product's own journal, claim, gate,
checkpoints and trimming, checked against the model in test/reliability/model/run.ts.

  npm run model -- --schedules 5000 --seed 1 [--steps 400] [--json]

Ends with 0 if nothing was broken, 1 if something was, 2 for a wrong option; each broken schedule is told with its seed.
`

const MOST = { schedules: 10_000_000, seed: 2 ** 32 - 1, steps: 100_000 }

/** @throws BadOption, with a message for the person who typed it. */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const values = parse(args)
  if (values.help) return 'help'
  const number = (name: keyof typeof MOST, least: number): number => {
    const value = Number(values[name])
    if (/^\d+$/.test(values[name]) && value >= least && value <= MOST[name]) return value
    throw new BadOption(`--${name} must be a whole number from ${least} to ${MOST[name]}, not ${values[name]}.`)
  }
  return { schedules: number('schedules', 1), seed: number('seed', 0), steps: number('steps', 1), json: values.json }
}

function parse(args: readonly string[]) {
  const option = (fallback: string) => ({ type: 'string', default: fallback }) as const
  const flag = { type: 'boolean', default: false } as const
  const options = { schedules: option('5000'), seed: option('1'), steps: option('400'), json: flag, help: flag }
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new BadOption(error instanceof Error ? error.message : String(error))
  }
}
