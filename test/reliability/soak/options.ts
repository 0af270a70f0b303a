import { readOptions, seedOption } from '../../support/command-options.ts'

export interface Options {
  minutes: number
  sessions: number
  /** Of the runner, before it is looked at. */
  kills: number
  /** Connections that are dropped while it is. */
  reconnects: number
  /** Messages of one chat. */
  chat: number
  seed: number
  json: boolean
  help: boolean
  folder: string | undefined
}

export const HELP = `One runner holds some sessions for long: messages both ways at a steady pace, one chat that becomes very long, connections
that drop, checkpoints, and before that some kills. Every few seconds a line says what the runner holds; at the end nothing of it
may have grown since the warm-up, and no message be lost or be there twice, nor the oldest of the long chat, which come once more.

  npm run soak -- --minutes 10 --sessions 20

  --minutes N    how long messages flow (10)      --sessions N   each with a phone and two contacts (20)
  --kills N      of the runner, first (3)         --reconnects N connections that drop while it is looked at (1000)
  --chat N       messages of the long chat (2000)
  --seed N       the same order of things again   --folder DIR   keeps data and logs there (a temporary folder)
  --json         the figures as JSON, as the last thing on stdout

Memory in MB: rss by the system, heap right after a collection, external what lies outside of it. Timers, resources, sockets,
listeners, event emitters and promises are counted alive; journal is the longest of the sessions', in records; recordBytes is the
mean size of a record in the journal of the long chat.
Needs /proc. Ends with 0 if all held, 1 if not, 2 for a wrong option.
`

/** @throws BadOption, with a message for the person who typed it. */
export const parseOptions = (args: readonly string[]): Options =>
  readOptions(args, {
    numbers: {
      minutes: { least: 1, most: 24 * 60, fallback: 10 },
      sessions: { least: 1, most: 20, fallback: 20 },
      kills: { least: 0, most: 1000, fallback: 3 },
      reconnects: { least: 0, most: 1_000_000, fallback: 1000 },
      chat: { least: 1, most: 1_000_000, fallback: 2000 },
      seed: seedOption('random'),
    },
    words: ['folder'],
  })
