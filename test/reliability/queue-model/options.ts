import { readOptions, seedOption } from '../../support/command-options.ts'

export interface Options {
  readonly runs: number
  readonly seed: number
  /** Leads to one story of the seed. */
  readonly path: string | undefined
  readonly json: boolean
  readonly help: boolean
}

export const HELP = `Does random things to the queue of two sessions, on the product's own outbox, journal, job listener and use cases, and compares all
that happens with the model in test/reliability/queue-model/model.ts.

  npm run prove -- queue-model [--runs 2000] [--seed 1] [--path PATH] [--json]

A story that differs from the model is shortened and printed, with the options that tell it again.
Exit codes: 0 if no story differs, 1 if one does, 2 for a wrong option.
`

/** @throws BadOption, with a message for the user of the command line. */
export const parseOptions = (args: readonly string[]): Options =>
  readOptions(args, {
    numbers: { runs: { least: 1, most: 10_000_000, fallback: 2000 }, seed: seedOption('random') },
    words: ['path'],
  })
