import { readOptions, seedOption } from '../../support/command-options.ts'

export interface Options {
  readonly schedules: number
  /** The seed of the first schedule; each later schedule has the next number. */
  readonly seed: number
  /** The steps of each schedule. */
  readonly steps: number
  readonly json: boolean
  readonly help: boolean
}

export const HELP = `Runs two or three owners of one session under schedules drawn by a seed, on the product's own journal, claim, gate,
checkpoints and trimming, and checks them against the model in test/reliability/model/run.ts.

  npm run model -- --schedules 5000 --seed 1 [--steps 400] [--json]

Exit codes: 0 if no schedule is broken, 1 if one is, 2 for a wrong option. Broken schedules are printed with their seeds.
`

/** @throws BadOption, with a message for the user of the command line. */
export const parseOptions = (args: readonly string[]): Options =>
  readOptions(args, {
    numbers: {
      schedules: { least: 1, most: 10_000_000, fallback: 5000 },
      seed: seedOption(1),
      steps: { least: 1, most: 100_000, fallback: 400 },
    },
  })
