import { oneOf, readOptions, seedOption, BadOption } from '../../support/command-options.ts'
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

/** How many run unless the command says more. */
const FEWEST_RUNNERS = { kill: 1, pause: 2, outage: 1, everything: 1 } as const

/** @throws BadOption, with a message for the person who typed it. */
export function parseOptions(args: readonly string[]): Options {
  const {
    what: strike,
    storage: type,
    store,
    how,
    with: mixedIn,
    folder,
    ...values
  } = readOptions(args, {
    numbers: {
      kills: { least: 1, most: 1000, fallback: 25 },
      pauses: { least: 1, most: 100, fallback: 3 },
      sessions: { least: 1, most: 20, fallback: 4 },
      runners: { least: 1, most: 10, fallback: 0 },
      seconds: { least: 1, most: 3600, fallback: 60 },
      seed: seedOption('random'),
    },
    words: ['what', 'storage', 'store', 'how', 'with', 'folder'],
  })
  const what = oneOf('what', strike ?? 'kill', WHAT)
  const storage = oneOf('storage', type ?? 'hybrid', STORAGE_TYPES)
  if (storage === 'local' && what === 'pause')
    throw new BadOption('--what pause needs a second runner, which a directory does not have.')
  const runners = values.runners === 0 ? FEWEST_RUNNERS[what] : values.runners
  if (runners < FEWEST_RUNNERS[what]) throw new BadOption('--runners must be 2 to 10 with --what pause.')
  return {
    ...values,
    runners,
    what,
    storage,
    store: oneOf('store', store ?? 'each', STORE_CHOICES),
    how: listOf('how', how ?? 'all', WAYS),
    troubles: mixedIn === undefined ? [] : listOf('with', mixedIn, TROUBLE_CHOICES),
    folder,
  }
}

function listOf<Choice extends string>(option: string, list: string, choices: readonly Choice[]): readonly Choice[] {
  if (list === 'all') return choices
  return list.split(',').map((name) => oneOf(option, name.trim(), choices, ['all']))
}
