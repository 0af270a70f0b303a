import { readOptions, seedOption } from '../../support/command-options.ts'

export interface Options {
  readonly seeds: number
  /** The first one. */
  readonly seed: number
  readonly json: boolean
  readonly help: boolean
}

export const HELP = `Lets sessions live in this process, damages their journals and checkpoints at random by a seed, and sees what becomes of them.

  npm run prove -- restore [--seeds 200] [--seed 1] [--json]

Each session ends restored without a loss, or waits with the right reason and a true estimate of what would be lost. An operator then
approves the restore, or brings everything back. A case that ends otherwise is printed with its seed; --seeds 1 --seed N repeats it.
Exit codes: 0 if all were right, 1 if one was not, 2 for a wrong option.
`

/** @throws BadOption, with a message for the user of the command line. */
export const parseOptions = (args: readonly string[]): Options =>
  readOptions(args, { numbers: { seeds: { least: 1, most: 1_000_000, fallback: 200 }, seed: seedOption(1) } })
