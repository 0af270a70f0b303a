import { oneOf, readOptions, seedOption, BadOption } from '../../support/command-options.ts'
import { STORAGE_TYPES, type StorageType } from '../../../sandbox/environment.ts'
import { STORE_CHOICES, WAYS } from './strikes/outage-plan.ts'
import { FLEET_STRIKES, type FleetStrikeKind } from './fleet/kinds.ts'
import { TROUBLE_CHOICES, type TroubleName } from './choices.ts'

const WHAT = ['kill', 'pause', 'outage', 'everything', 'mixed', 'fleet'] as const

export interface Options {
  what: (typeof WHAT)[number]
  kills: number
  /** How long strikes at the fleet begin; 0: until there were `kills` of them. */
  minutes: number
  /** The kinds of strikes at the fleet. */
  strikes: readonly FleetStrikeKind[]
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
  npm run chaos -- --runners 4 --sessions 40 --minutes 5     a fleet: kills, zombies, wrong clocks, half-open and cut connections of one
                                                             runner, scaling, rolling restarts, deaf sessions

  --kills N      strikes (25)                 --pauses N     with --what pause (3)
  --minutes N    strikes at a fleet begin for so long; without it, --what fleet makes --kills of them
  --strikes S,.. kinds of strikes at a fleet (all): ${FLEET_STRIKES.slice(0, 8).join(', ')},
                 ${FLEET_STRIKES.slice(8).join(', ')}
  --store S      firestore, storage, both at once, or each after the other (each)
  --how H,...    refuse, hang (connections stay dead), freeze (connections resume afterwards), slow, cut (connections break
                 in the middle of answers, again and again), or all (all)
  --seconds N    length of each outage (60)
  --with T,...   mixes in at random: faults (of the simulator), backlogs (300 messages while a session is offline), retries
                 (contacts forget their Signal sessions), groups (contacts write to a group), devices (contacts link companions and
                 remove them), queue (messages for later, of each priority, of a pool, that expire, are canceled, refused, retried by
                 task and by hand; tasks get lost and come twice; minutes pass in seconds), kinds (in chats of their own, also with groups
                 of 50 and by a second tenant: files up to 20 MB, polls and votes, edits, reactions, deletions …, and webhooks whose
                 receivers fail, hang, lead elsewhere and answer 429, each session's another one, and one 410: three sessions and the
                 second tenant's have all of them), upkeep (backups, clean-ups of records, and returns to older backups), or all
  --storage S    storage mode of the sessions: local, cloud or hybrid (hybrid)
  --sessions N   sessions, each with a phone and two contacts (4)
  --runners N    runners (1; with --what pause 2, of a fleet 4)
  --seed N       repeats the strikes of an earlier run (random; printed at the start)
  --folder DIR   folder for data and logs (a temporary folder)
  --json         prints the figures as JSON, as the last output on stdout

In a fleet, recoveryMs counts from the loss of a runner until its sessions are connected elsewhere, handoverMs from SIGTERM; times has
all kinds. doubleOwned counts signs of two owners, in the journals and in the logins at WhatsApp.
recoveryMs counts from a strike until the account is connected again; another strike before that restarts the count. For an
outage it counts from the end of the outage until messages flow both ways. During an outage the only error that the API may
return is 503 with Retry-After.
Exit codes: 0 if all guarantees held, 1 if not, 2 for a wrong option.
`

/** The default number of runners, which is also the minimum. */
const FEWEST_RUNNERS = { kill: 1, pause: 2, outage: 1, everything: 1, mixed: 1, fleet: 2 } as const
const RUNNERS_OF_FLEET = 4

/** @throws BadOption, with a message for the user of the command line. */
export function parseOptions(args: readonly string[]): Options {
  const {
    what: strike,
    storage: type,
    store,
    how,
    strikes,
    with: mixedIn,
    folder,
    ...values
  } = readOptions(args, {
    numbers: {
      kills: { least: 1, most: 1000, fallback: 25 },
      pauses: { least: 1, most: 100, fallback: 3 },
      minutes: { least: 1, most: 600, fallback: 0 },
      sessions: { least: 1, most: 99, fallback: 4 },
      runners: { least: 1, most: 10, fallback: 0 },
      seconds: { least: 1, most: 3600, fallback: 60 },
      seed: seedOption('random'),
    },
    words: ['what', 'storage', 'store', 'how', 'strikes', 'with', 'folder'],
  })
  const what = oneOf('what', strike ?? (values.minutes > 0 || strikes !== undefined ? 'fleet' : 'kill'), WHAT)
  const storage = oneOf('storage', type ?? 'hybrid', STORAGE_TYPES)
  if (storage === 'local' && FEWEST_RUNNERS[what] > 1)
    throw new BadOption(`--what ${what} needs a second runner, which a directory does not have.`)
  const fewest = FEWEST_RUNNERS[what]
  const usual = what === 'fleet' ? RUNNERS_OF_FLEET : fewest
  const runners = values.runners === 0 ? usual : values.runners
  if (runners < fewest) throw new BadOption(`--runners must be ${fewest} to 10 with --what ${what}.`)
  return {
    ...values,
    runners,
    what,
    storage,
    store: oneOf('store', store ?? 'each', STORE_CHOICES),
    strikes: listOf('strikes', strikes ?? 'all', FLEET_STRIKES),
    how: listOf('how', how ?? 'all', WAYS),
    troubles: mixedIn === undefined ? [] : listOf('with', mixedIn, TROUBLE_CHOICES),
    folder,
  }
}

function listOf<Choice extends string>(option: string, list: string, choices: readonly Choice[]): readonly Choice[] {
  if (list === 'all') return choices
  return list.split(',').map((name) => oneOf(option, name.trim(), choices, ['all']))
}
