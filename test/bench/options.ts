import { readOptions } from '../support/command-options.ts'

export interface Options {
  /** Sessions that are compared; recovery is measured with twice as many as well. */
  readonly sessions: number
  /** In each chat, direction and round, when there are that many sessions. */
  readonly messages: number
  readonly rounds: number
  readonly json: boolean
  readonly help: boolean
}

export const HELP = `npm run bench [-- --sessions 50 --messages 6 --rounds 3 --json]

Compares Baileys with its keys in memory, Baileys with its multi-file state, and Holdfast, on one simulator, each in a process of its
own. Takes about ten minutes; --sessions 10 --rounds 1 gives a first impression in two.
`

/** @throws BadOption, with a message for the person who typed it. */
export const parseOptions = (args: readonly string[]): Options =>
  readOptions(args, {
    numbers: {
      sessions: { least: 1, most: 200, fallback: 50 },
      messages: { least: 1, most: 1000, fallback: 6 },
      rounds: { least: 1, most: 20, fallback: 3 },
    },
  })
