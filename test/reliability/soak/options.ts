import { parseArgs } from 'node:util'

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

export class BadOption extends Error {}

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

const MOST = { minutes: 24 * 60, sessions: 20, kills: 1000, reconnects: 1_000_000, chat: 1_000_000, seed: 2 ** 32 - 1 }

/** @throws BadOption, with a message for the person who typed it. */
export function parseOptions(args: string[]): Options {
  const values = parse(args)
  const number = (name: keyof typeof MOST, fallback: number, least = 1) => {
    const value = Number(values[name] ?? fallback)
    if (Number.isInteger(value) && value >= least && value <= MOST[name]) return value
    throw new BadOption(`--${name} must be ${least} to ${MOST[name]}.`)
  }
  const { json = false, help = false, folder } = values
  return {
    minutes: number('minutes', 10),
    sessions: number('sessions', 20),
    kills: number('kills', 3, 0),
    reconnects: number('reconnects', 1000, 0),
    chat: number('chat', 2000),
    seed: number('seed', Math.floor(Math.random() * 1_000_000), 0),
    json,
    help,
    folder,
  }
}

function parse(args: string[]) {
  try {
    const text = { type: 'string' } as const
    const flag = { type: 'boolean' } as const
    const options = {
      minutes: text,
      sessions: text,
      kills: text,
      reconnects: text,
      chat: text,
      seed: text,
      folder: text,
      json: flag,
      help: { ...flag, short: 'h' },
    } as const
    return parseArgs({ args, options }).values
  } catch (error) {
    throw new BadOption(error instanceof Error ? error.message : String(error))
  }
}
