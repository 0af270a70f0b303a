import { BadOption, readOptions, wholeNumber } from '../support/command-options.ts'

/** What stands for Firestore: Google's emulator, or the light one of the bench with a latency. */
export type FirestoreChoice = 'emulator' | { readonly latencyMs: number }

export interface Options {
  readonly firestore: FirestoreChoice
  /** The number of compared sessions. */
  readonly sessions: number
  /** The messages in each chat, direction and round, with all sessions. */
  readonly messages: number
  readonly rounds: number
  /** Compares so many sessions, too, with fewer messages; not more than `sessions`: leaves that out. */
  readonly large: number
  /** The messages that 20 stopped sessions have in their queues, and drain once they are connected. */
  readonly queued: number
  /** Measures what costs money, and nothing else. */
  readonly costs: boolean
  /** Compares throughput, memory and recovery, and measures nothing else. */
  readonly throughput: boolean
  /** Each of these measures its part, and nothing else that is not named beside it. */
  readonly chats: boolean
  readonly lists: boolean
  readonly media: boolean
  readonly webhooks: boolean
  readonly groups: boolean
  readonly backups: boolean
  readonly traces: boolean
  /** The events in a second that end points of webhooks are told of. */
  readonly events: number
  readonly json: boolean
  readonly help: boolean
}

export const HELP = `npm run bench [-- --sessions 50 --messages 6 --rounds 5 --large 500 --queued 5000 --events 200 --json]

Compares Baileys with its keys in memory, Baileys with its multi-file state, and Holdfast, on one simulator and each in a process of
its own on one core (with taskset), in turns: CPU time for each message first, then messages in a second, as minimum, median and maximum of
the rounds. Then the parts that follow. A run takes more than half an hour; --sessions 10 --large 0 --rounds 1 --queued 1000 --events 50
gives first figures in less. A run beside other programs, or with fewer than 5 rounds, has no verdict. --costs measures the operations, traffic, logs and sizes that infra/cost/counted.json has, in three minutes.

--firestore emulator takes Google's emulator for Firestore, which is then most of what is measured. By default it is light:5, a
stand-in in memory with a latency of 5 ms; light:0 and light:20 have others.

Parts by themselves, a few minutes each:
  --throughput the comparison, with memory and recovery
  --chats      lists of 5,000 chats
  --lists      lists of 5,000 sessions and 50,000 messages, and the dashboard's overview
  --media      documents of 20 MiB in and out: the memory of the runner, and the speed
  --webhooks   --events a second into one end point and into several: the time until they have them
  --groups     the first and the second message to a group of 1,000 members
  --backups    backups of a session with 5,000 contacts: made, and read back
  --traces     the CPU time of the spans of a message, on and off (a minute)
`

/** @throws BadOption, with a message for the user of the command line. */
export function parseOptions(args: readonly string[]): Options {
  const { firestore = 'light:5', ...options } = readOptions(args, {
    flags: ['costs', 'throughput', 'chats', 'lists', 'media', 'webhooks', 'groups', 'backups', 'traces'],
    numbers: {
      sessions: { least: 1, most: 200, fallback: 50 },
      messages: { least: 1, most: 1000, fallback: 6 },
      rounds: { least: 1, most: 20, fallback: 5 },
      large: { least: 0, most: 1000, fallback: 500 },
      events: { least: 1, most: 1000, fallback: 200 },
      queued: { least: 900, most: 100_000, fallback: 5000 },
    },
    words: ['firestore'],
  })
  return { ...options, firestore: firestoreIn(firestore) }
}

function firestoreIn(text: string): FirestoreChoice {
  const [, name, latency] = /^(emulator|light)(?::(\d+))?$/.exec(text) ?? []
  if (name === 'emulator' && latency === undefined) return 'emulator'
  if (name !== 'light') throw new BadOption('--firestore must be emulator, light, or light:N with a latency in milliseconds.')
  return { latencyMs: wholeNumber('firestore light', latency ?? '5', { least: 0, most: 1000 }) }
}
