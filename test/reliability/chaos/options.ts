import { oneOf, readOptions, seedOption, BadOption } from '../../support/command-options.ts'
import { STORAGE_TYPES, type StorageType } from '../../../sandbox/environment.ts'
import { STORE_CHOICES, WAYS } from './strikes/outage-plan.ts'
import { TROUBLE_CHOICES, type TroubleName } from './choices.ts'

const WHAT = ['kill', 'pause', 'outage', 'everything', 'mixed'] as const

export interface Options {
  what: (typeof WHAT)[number]
  kills: number
  pauses: number
  store: (typeof STORE_CHOICES)[number]
  how: readonly (typeof WAYS)[number][]
  /** The length of each outage. */
  seconds: number
  /** The troubles that are mixed in. */
  troubles: readonly TroubleName[]
  /** The storage mode of the sessions' state. */
  storage: StorageType
  sessions: number
  runners: number
  seed: number
  json: boolean
  help: boolean
  folder: string | undefined
}

export const HELP = `Breaks the services around the sessions while messages flow both ways, then compares the messages on both sides.

  npm run chaos -- --kills 25 --sessions 4 --seed 7          SIGKILL of a runner, mostly while a message is in flight
  npm run chaos -- --what everything --kills 10              SIGKILL of runners, functions, Cloud Storage and Cloud Tasks at one instant
  npm run chaos -- --what mixed --with queue --kills 40      random deaths of any of these, and seconds without Google's services
  npm run chaos -- --what pause --pauses 3 --runners 2       SIGSTOP until another runner has claimed the sessions, then SIGCONT
  npm run chaos -- --what outage --seconds 60                outages of Firestore, then of Cloud Storage, of every kind

  --kills N      strikes (25)                 --pauses N     with --what pause (3)
  --store S      firestore, storage, both at once, or each after the other (each)
  --how H,...    refuse, hang (connections stay dead), freeze (connections resume afterwards), slow, cut (connections break
                 in the middle of answers, again and again), or all (all)
  --seconds N    length of each outage (60)
  --with T,...   mixes in at random: faults (of the simulator), backlogs (300 messages while a session is offline), retries
                 (contacts forget their Signal sessions), groups (contacts write to a group), devices (contacts link companions and
                 remove them), queue (messages for later, of each priority, of a pool, that expire, are canceled, refused, retried by
                 task and by hand; tasks get lost and come twice; minutes pass in seconds), or all
  --storage S    storage mode of the sessions: local, cloud or hybrid (hybrid)
  --sessions N   sessions, each with a phone and two contacts (4)
  --runners N    runners (1; with --what pause 2)
  --seed N       repeats the strikes of an earlier run (random; printed at the start)
  --folder DIR   folder for data and logs (a temporary folder)
  --json         prints the figures as JSON, as the last output on stdout

recoveryMs counts from a strike until the account is connected again; another strike before that restarts the count. For an
outage it counts from the end of the outage until messages flow both ways. During an outage the only error that the API may
return is 503 with Retry-After.
Exit codes: 0 if all guarantees held, 1 if not, 2 for a wrong option.
`

/** The default number of runners, which is also the minimum. */
const FEWEST_RUNNERS = { kill: 1, pause: 2, outage: 1, everything: 1, mixed: 1 } as const

/** @throws BadOption, with a message for the user of the command line. */
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
