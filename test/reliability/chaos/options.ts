import { parseArgs } from 'node:util'
import { STORAGE_TYPES, type StorageType } from '../../../sandbox/environment.ts'
import { STORE_CHOICES, WAYS } from './strikes/outage-plan.ts'
import { TROUBLE_CHOICES, type TroubleName } from './choices.ts'

const WHAT = ['kill', 'pause', 'outage', 'everything'] as const

export interface Options {
  what: (typeof WHAT)[number]
  kills: number
  pauses: number
  store: (typeof STORE_CHOICES)[number]
  how: readonly (typeof WAYS)[number][]
  /** How long each outage lasts. */
  seconds: number
  /** What is mixed in. */
  troubles: readonly TroubleName[]
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

export const HELP = `Breaks the world around the sessions while messages flow both ways, and counts afterwards what is on either side.

  npm run chaos -- --kills 25 --sessions 4 --seed 7          SIGKILL of a runner, most of them aimed at something in flight
  npm run chaos -- --what everything --kills 10              SIGKILL of runners, functions and Cloud Storage at one instant
  npm run chaos -- --what pause --pauses 3 --runners 2       SIGSTOP until another runner has taken over, then SIGCONT
  npm run chaos -- --what outage --seconds 60                Firestore, then Cloud Storage is taken away, in every way

  --kills N      strikes (25)                 --pauses N     with --what pause (3)
  --store S      firestore, storage, both at once, or each after the other (each)
  --how H,...    refuse, hang (connections are dead for good), freeze (they go on afterwards), slow, cut (in the middle of
                 answers, again and again), or all (all)
  --seconds N    how long each outage lasts (60)
  --with T,...   mixes in at random: faults (of the simulator), backlogs (300 messages while a session is away), retries
                 (contacts forget their Signal sessions), groups (contacts write to one), devices (contacts link companions and
                 remove them), or all
  --storage S    local, cloud or hybrid: where sessions are kept (hybrid)
  --sessions N   each with a phone and two contacts (4)
  --runners N    (1; with --what pause 2)     --seed N       the same strikes again; told at the start if not given
  --folder DIR   keeps data and logs there (a temporary folder)
  --json         the figures as JSON, as the last thing on stdout

recoveryMs is from a strike until the account is connected again (a strike before that begins anew); from the end of an outage
until messages flow both ways. While a store is away the API may answer 503 with Retry-After and nothing else.
Ends with 0 if all held, 1 if not, 2 for a wrong option.
`

const MOST = { kills: 1000, pauses: 100, sessions: 20, runners: 10, seconds: 3600, seed: 2 ** 32 - 1 }

/** @throws BadOption, with a message for the person who typed it. */
export function parseOptions(args: string[]): Options {
  const values = parse(args)
  const what = oneOf('--what', values.what ?? 'kill', WHAT)
  const storage = oneOf('--storage', values.storage ?? 'hybrid', STORAGE_TYPES)
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
    store: oneOf('--store', values.store ?? 'each', STORE_CHOICES),
    how: listOf('--how', values.how ?? 'all', WAYS),
    seconds: number('seconds', 60),
    troubles: values.with === undefined ? [] : listOf('--with', values.with, TROUBLE_CHOICES),
    sessions: number('sessions', 4),
    runners: what === 'pause' ? number('runners', 2, 2) : number('runners', 1),
    seed: number('seed', Math.floor(Math.random() * 1_000_000), 0),
    json,
    help,
    folder,
  }
}

function listOf<Choice extends string>(option: string, list: string, choices: readonly Choice[]): readonly Choice[] {
  if (list === 'all') return choices
  return list.split(',').map((name) => oneOf(option, name.trim(), choices, ['all']))
}

function oneOf<Choice extends string>(
  option: string,
  value: string,
  choices: readonly Choice[],
  others: readonly string[] = [],
): Choice {
  const choice = choices.find((one) => one === value)
  if (choice === undefined) throw new BadOption(`${option} must be one of: ${[...choices, ...others].join(', ')}.`)
  return choice
}

function parse(args: string[]) {
  try {
    const text = { type: 'string' } as const
    const flag = { type: 'boolean' } as const
    const numbers = { kills: text, pauses: text, sessions: text, runners: text, seed: text, seconds: text }
    const words = { what: text, storage: text, store: text, how: text, with: text, folder: text }
    return parseArgs({ args, options: { ...numbers, ...words, json: flag, help: { ...flag, short: 'h' } } }).values
  } catch (error) {
    throw new BadOption(error instanceof Error ? error.message : String(error))
  }
}
