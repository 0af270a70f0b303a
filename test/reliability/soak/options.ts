import { readOptions, seedOption } from '../../support/command-options.ts'

export interface Options {
  minutes: number
  sessions: number
  /** Kills of the runner before the first sample. */
  kills: number
  /** Connections that are dropped while samples are taken. */
  reconnects: number
  /** Messages of the long chat. */
  chat: number
  seed: number
  json: boolean
  help: boolean
  folder: string | undefined
}

export const HELP = `Runs sessions on one runner for a long time: some kills first, then steady messages both ways, one very long chat, dropped
connections and checkpoints. A line every few seconds shows the resources of the runner. At the end no figure may have grown since
the warm-up, and no message may be lost or duplicated. The oldest messages of the long chat are delivered again and have to be
recognized.

  npm run soak -- --minutes 10 --sessions 20

  --minutes N    time of the message flow (10)
  --sessions N   sessions, each with a phone and two contacts (20)
  --kills N      kills of the runner before the first sample (3)
  --reconnects N connections dropped while samples are taken (1000)
  --chat N       messages of the long chat (2000)
  --seed N       repeats the order of an earlier run (random; printed at the start)
  --folder DIR   folder for data and logs (a temporary folder)
  --json         prints the figures as JSON, as the last output on stdout

Memory is in MB: rss is the resident set, heap is measured right after a garbage collection, external is memory outside the heap.
Timers, resources, sockets, listeners, event emitters and promises are the live ones; journal is the length of the longest journal
in records; recordBytes is the mean size of a data record of the long chat.
Needs /proc. Exit codes: 0 if all guarantees held, 1 if not, 2 for a wrong option.
`

/** @throws BadOption, with a message for the user of the command line. */
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
