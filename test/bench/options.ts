import { readOptions } from '../support/command-options.ts'

export interface Options {
  /** The number of compared sessions. Recovery is also measured with twice as many. */
  readonly sessions: number
  /** The messages in each chat, direction and round, with all sessions. */
  readonly messages: number
  readonly rounds: number
  /** The messages that 20 stopped sessions have in their queues, and drain once they are connected. */
  readonly queued: number
  /** Measures what costs money, and nothing else. */
  readonly costs: boolean
  readonly json: boolean
  readonly help: boolean
}

export const HELP = `npm run bench [-- --sessions 50 --messages 6 --rounds 3 --queued 5000 --json]

Compares Baileys with its keys in memory, Baileys with its multi-file state, and Holdfast, on one simulator and each in a process of
its own. A run takes about ten minutes; --sessions 10 --rounds 1 --queued 1000 gives first figures in five minutes. --costs
measures the operations, traffic, logs and sizes that infra/cost/counted.json has, in three minutes.
`

/** @throws BadOption, with a message for the user of the command line. */
export const parseOptions = (args: readonly string[]): Options =>
  readOptions(args, {
    flags: ['costs'],
    numbers: {
      sessions: { least: 1, most: 200, fallback: 50 },
      messages: { least: 1, most: 1000, fallback: 6 },
      rounds: { least: 1, most: 20, fallback: 3 },
      queued: { least: 900, most: 100_000, fallback: 5000 },
    },
  })
