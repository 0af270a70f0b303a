import type { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import { faultsAt, isDeath } from './faults.ts'
import type { Order } from './orders.ts'

/** The steps of every runner at its start and periodically, independent of its sessions. Only one scenario strikes them. */
const ALL_THE_TIME = [
  'query runner by instanceId',
  'read store check',
  'commit merge store check',
  'object create store check',
  'object read store check',
  'object list store check',
  'commit create runner',
  'commit delete runner',
  'listen recovery action by state',
  'listen tenant',
  'timer heartbeat',
  'timer supervisor',
  'timer resource-watch',
  'commit update runner',
  'query job by status, queuedAt',
  'query runner',
  'query session by wanted, runnerId',
  'query session by runnerId',
  'query session by wanted',
  'read runner',
]

/** The steps that many scenarios pass, by topic. Scenarios with another topic strike them at random only. */
const STEPS = {
  start: [
    'commit claim record',
    'commit claim record with session',
    'commit connect record',
    'commit connect record with session',
    'frame in handshake',
    'frame in ib offline',
    'frame in ib offline_preview',
    'frame in iq result count',
    'frame in iq result digest',
    'frame in iq result privacy',
    'frame in iq result props',
    'frame in iq result result',
    'frame in success',
    'frame out handshake',
    'frame out ib',
    'frame out ib unified_session',
    'frame out iq get abt props',
    'frame out iq get blocklist',
    'frame out iq get encrypt count',
    'frame out iq get encrypt digest',
    'frame out iq get privacy privacy',
    'frame out iq get w:mex query',
    'frame out iq set passive active',
    'frame out presence',
    'listen job by status',
    'listen session by runnerId',
    'query job by sessionId, status',
    'read journal',
    'read session',
    'read session key',
    'timer dial-pacer',
  ],
  messages: [
    'commit data record',
    'commit data record with job',
    'commit data record with message',
    'commit data record with waiting job: processing',
    'frame in ack of message',
    'frame in ack of receipt',
    'frame in iq result',
    'frame in iq result list',
    'frame in iq result usync',
    'frame in message',
    'frame in receipt delivery',
    'frame out ack of receipt',
    'frame out iq get encrypt key',
    'frame out iq get usync usync',
    'frame out iq set privacy tokens',
    'frame out message',
    'frame out receipt inactive',
    'query job by sessionId, status, queuedAt',
    'timer job-listener',
  ],
}

export type About = keyof typeof STEPS

export const isAllTheTime = (label: string): boolean => ALL_THE_TIME.includes(label)

export type Extent =
  /** A death before and after the first passage of each point of the scenario's own, and this many random other cases. */
  | { others: number }
  /** This many random cases only. */
  | { sample: number }
  | 'all'

interface Wanted {
  extent: Extent
  random: SeededRandom
  /** Whether the cases strike the periodic steps of a runner as well. */
  isWhole: boolean
  about: About | null
  /** The points with a death, when these are not all of the scenario's own points. */
  diedAt: readonly string[] | null
  strikesEachPassage?: boolean
}

/** Makes the cases of a scenario from the points that it passes and their number of passages. Pure. */
export function planCases(points: ReadonlyMap<string, number>, wanted: Wanted): Order[] {
  const { extent, random, isWhole, about, diedAt, strikesEachPassage = false } = wanted
  const all = [...points]
    .filter(([label]) => isWhole || !isAllTheTime(label))
    .flatMap(([label, times]) =>
      Array.from({ length: times }, (_, index) => faultsAt(label).map((fault) => ({ label, nth: index + 1, fault }))).flat(),
    )
  if (extent === 'all') return all
  const elsewhere = new Set(Object.entries(STEPS).flatMap(([of, labels]) => (of === about ? [] : labels)))
  const isOwn = (label: string) => (diedAt ? diedAt.includes(label) : !elsewhere.has(label))
  const isDue = ({ label, nth, fault }: Order) => (nth === 1 || strikesEachPassage) && isDeath(fault) && isOwn(label)
  if ('sample' in extent) return draw(all, extent.sample, random)
  const due = all.filter(isDue)
  const rest = all.filter((one) => !isDue(one))
  return [...due, ...draw(rest, extent.others, random)]
}

/** Draws cases. Each point has the same probability, whatever its number of passages. */
function draw(cases: readonly Order[], count: number, random: SeededRandom): Order[] {
  const byLabel = Map.groupBy(cases, ({ label }) => label)
  const drawn = new Set<Order>()
  for (let attempts = 0; drawn.size < Math.min(count, cases.length) && attempts < 20 * count; attempts++) {
    const label = random.pick([...byLabel.keys()])
    drawn.add(random.pick(byLabel.get(label) ?? cases))
  }
  return [...drawn]
}
