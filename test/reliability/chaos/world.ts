import type { ApiClient } from '../../support/api-client.ts'
import { InFlightWatch } from '../../support/in-flight.ts'
import { linkSession, type LinkedSession } from '../../support/linked-session.ts'
import { OpenAccounts } from '../../support/open-accounts.ts'
import { Recoveries } from '../../support/recoveries.ts'
import type { SimulatorClient } from '../../support/simulator-client.ts'
import { Underway } from '../../support/underway.ts'
import { World as SandboxWorld } from '../../support/world.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { Answers } from './answers.ts'
import type { Options } from './options.ts'
import { FleetWatch } from './fleet/fleet-watch.ts'
import { JournalWatch } from './fleet/journal-watch.ts'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import { Kinds } from './kinds/kinds.ts'
import { Fates } from './queue/fates.ts'
import { statusInFirestore } from './job-in-firestore.ts'

export interface ChaosSession extends LinkedSession {
  contacts: readonly string[]
}

/** The sandbox to strike, the API and the simulator to judge by, and the sessions. */
export interface World extends Pick<SandboxWorld, 'sandbox' | 'api' | 'simulator' | 'events' | 'ledger'> {
  recoveries: Recoveries
  watch: InFlightWatch
  underway: Underway
  open: OpenAccounts
  /** The answers of the API, judged from the first strike on. */
  answers: Answers
  sessions: readonly ChaosSession[]
  /** The messages that need not arrive. Null unless the messages are of all kinds. */
  fates: Fates | null
  /** The chats in which everything is said. Null unless that is mixed in. */
  kinds: Kinds | null
  /** The eyes on a fleet: who speaks, and what is written. Null without one. */
  fleet: { watch: FleetWatch; journals: JournalWatch } | null
  tell: (line: string) => void
}

const CONTACTS = 2
/** With messages of all kinds there are more, because one that waits for a retry blocks its chat. */
const CONTACTS_OF_QUEUE = 5
/** Many phones take long one after the other. */
const LINKED_AT_ONCE = 4

/** The longest repetition of a request; longer than any strike lasts. */
const PATIENCE_MS = 300_000
/** The time limit of a function for one request. */
const ANSWER_LIMIT_MS = 60_000

export async function createWorld(
  sandbox: Sandbox,
  { sessions, what, troubles, seed = 0 }: Pick<Options, 'sessions' | 'what' | 'troubles'> & Partial<Pick<Options, 'seed'>>,
  tell: (line: string) => void,
): Promise<World> {
  const answers = new Answers()
  const world = await SandboxWorld.of(sandbox, {
    patienceMs: PATIENCE_MS,
    answerLimitMs: ANSWER_LIMIT_MS,
    timeMoves: troubles.includes('queue') || troubles.includes('kinds'),
    onAttempt: (attempt) => answers.record(attempt),
  })
  const { api, simulator, events, ledger } = world
  const recoveries = new Recoveries(events)
  const statusOf =
    what === 'everything' || what === 'mixed' ? { statusOf: (jobId: string) => statusInFirestore({ sandbox }, jobId) } : {}
  const watch = new InFlightWatch({ simulator, api, ledger, events, ...statusOf })
  const underway = new Underway(ledger, events)
  const linked: ChaosSession[] = []
  const contacts = troubles.includes('queue') ? CONTACTS_OF_QUEUE : CONTACTS
  const numbers = Array.from({ length: sessions }, (_, index) => index + 1)
  // Records are trimmed while many phones are being linked, so the watch begins before.
  const fleet = what === 'fleet' ? watchFleet(world, numbers) : null
  await inParallel(what === 'fleet' ? LINKED_AT_ONCE : 1, numbers, async (number) => {
    linked[number - 1] = await createSession(api, simulator, number, contacts)
  })
  tell(`${sessions} phones are linked.`)
  return {
    sandbox,
    api,
    simulator,
    events,
    ledger,
    recoveries,
    watch,
    underway,
    open: new OpenAccounts(events),
    answers,
    sessions: linked,
    kinds: troubles.includes('kinds')
      ? await Kinds.start({ sandbox, simulator, answers, events }, linked, new SeededRandom(seed))
      : null,
    fates: troubles.includes('queue') ? new Fates() : null,
    fleet,
    tell,
  }
}

function watchFleet({ sandbox, events }: SandboxWorld, numbers: readonly number[]): NonNullable<World['fleet']> {
  const watch = new FleetWatch(events)
  for (const runner of sandbox.runners()) watch.follow(runner)
  const sessionIds = numbers.map((number) => `default.${nameOf(number)}`)
  return { watch, journals: new JournalWatch(sandbox.info, sessionIds) }
}

const nameOf = (number: number): string => `chaos-${number}`

async function createSession(api: ApiClient, simulator: SimulatorClient, number: number, count: number): Promise<ChaosSession> {
  const digits = String(number).padStart(2, '0')
  const contacts = Array.from({ length: count }, (_, index) => `55118${digits}0000${index + 1}`)
  for (const [index, contact] of contacts.entries()) {
    // The second contact sends no delivery receipts. Only a resend shows whether a message reached this contact without its ack.
    await simulator.createContact(contact, `Contact ${number}.${index + 1}`, { autoReceipt: index !== 1 })
  }
  const session = await linkSession(api, simulator, { name: nameOf(number), phone: `55119${digits}00000` })
  return { ...session, contacts }
}
