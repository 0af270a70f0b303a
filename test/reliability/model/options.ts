import { readOptions, seedOption } from '../../support/command-options.ts'

export interface Options {
  readonly schedules: number
  /** Of the first schedule; each one after it has the next. */
  readonly seed: number
  /** Of each schedule. */
  readonly steps: number
  readonly json: boolean
  readonly help: boolean
}

export const HELP = `Two and three owners of one session under schedules that a seed chooses, on the product's own journal, claim, gate,
checkpoints and trimming, checked against the model in test/reliability/model/run.ts.

  npm run model -- --schedules 5000 --seed 1 [--steps 400] [--json]

Ends with 0 if nothing was broken, 1 if something was, 2 for a wrong option; each broken schedule is told with its seed.
`

/** @throws BadOption, with a message for the person who typed it. */
export const parseOptions = (args: readonly string[]): Options =>
  readOptions(args, {
    numbers: {
      schedules: { least: 1, most: 10_000_000, fallback: 5000 },
      seed: seedOption(1),
      steps: { least: 1, most: 100_000, fallback: 400 },
    },
  })
