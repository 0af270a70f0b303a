import { parseArgs } from 'node:util'
import { STORAGE_TYPES, type StorageType } from '../sandbox/environment.ts'

export interface Options {
  what: 'kill' | 'pause'
  kills: number
  pauses: number
  /** Where the state of sessions is kept. */
  storage: StorageType
  sessions: number
  runners: number
  seed: number
  json: boolean
  help: boolean
  folder: string | undefined
}

export class BadOption extends Error {}

export const HELP = `Strikes the runners while messages flow both ways, and counts afterwards what is on either side.

  npm run chaos -- --kills 25 --sessions 4 --seed 7          SIGKILL, most of them aimed at something in flight
  npm run chaos -- --what pause --pauses 3 --runners 2       SIGSTOP until another runner has taken over, then SIGCONT

  --kills N      strikes (25)                 --pauses N     with --what pause (3)
  --storage S    local, cloud or hybrid: where sessions are kept (hybrid)
  --sessions N   each with a phone and two contacts (4)
  --runners N    (1; with --what pause 2)     --seed N       the same strikes again; told at the start if not given
  --folder DIR   keeps data and logs there (a temporary folder)
  --json         the figures as JSON, as the last thing on stdout

recoveryMs is from a strike until the account is connected again; a strike before that begins anew.
Ends with 0 if all held, 1 if not, 2 for a wrong option.
`

const MOST = { kills: 1000, pauses: 100, sessions: 20, runners: 10, seed: 2 ** 32 - 1 }

/** @throws BadOption, with a message for the person who typed it. */
export function parseOptions(args: string[]): Options {
  const values = parse(args)
  const what = values.what ?? 'kill'
  if (what !== 'kill' && what !== 'pause') throw new BadOption('--what must be kill or pause.')
  const storage = STORAGE_TYPES.find((type) => type === (values.storage ?? 'hybrid'))
  if (!storage) throw new BadOption(`--storage must be one of: ${STORAGE_TYPES.join(', ')}.`)
  if (storage === 'local' && what === 'pause')
    throw new BadOption('--what pause needs a second runner, which a directory does not have.')
  const number = (name: keyof typeof MOST, fallback: number, least = 1) => {
    const value = Number(values[name] ?? fallback)
    if (Number.isInteger(value) && value >= least && value <= MOST[name]) return value
    throw new BadOption(`--${name} must be ${least} to ${MOST[name]}.`)
  }
  const { json = false, help = false, folder } = values
  return {
    what,
    storage,
    kills: number('kills', 25),
    pauses: number('pauses', 3),
    sessions: number('sessions', 4),
    runners: what === 'pause' ? number('runners', 2, 2) : number('runners', 1),
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
    const numbers = { kills: text, pauses: text, sessions: text, runners: text, seed: text }
    return parseArgs({
      args,
      options: { ...numbers, what: text, storage: text, folder: text, json: flag, help: { ...flag, short: 'h' } },
    }).values
  } catch (error) {
    throw new BadOption(error instanceof Error ? error.message : String(error))
  }
}
