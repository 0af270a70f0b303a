import type { SeededRandom } from '../seeded-random.ts'
import { faultsAt, isDeath, type Fault } from './faults.ts'
import type { Order } from './orders.ts'

/** What every runner does when it starts, and all the time, whatever its sessions do. One scenario strikes it. */
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
  'timer heartbeat',
  'timer fleet',
  'timer resource-watch',
  'commit update runner',
  'query runner',
  'query session by wanted, runnerId',
  'query session by runnerId',
  'query session by wanted',
  'read runner',
]

export const isAllTheTime = (label: string): boolean => ALL_THE_TIME.includes(label)

export type Extent =
  /** Every point is died at before and after, at its first passage; and so many other cases by chance. */
  | { others: number }
  /** As many cases by chance, and nothing else. */
  | { sample: number }
  | 'all'

interface Wanted {
  extent: Extent
  random: SeededRandom
  /** Whether what a runner does all the time is to be struck as well. */
  isWhole: boolean
}

/** Pure: which cases are made of the points that a scenario passes, with how often it does. */
export function planCases(points: ReadonlyMap<string, number>, { extent, random, isWhole }: Wanted): Order[] {
  const all = [...points]
    .filter(([label]) => isWhole || !isAllTheTime(label))
    .flatMap(([label, times]) =>
      Array.from({ length: times }, (_, index) => faultsAt(label).map((fault) => ({ label, nth: index + 1, fault }))).flat(),
    )
  if (extent === 'all') return all
  const isDue = ({ nth, fault }: { nth: number; fault: Fault }) => nth === 1 && isDeath(fault)
  if ('sample' in extent) return draw(all, extent.sample, random)
  const due = all.filter(isDue)
  const rest = all.filter((one) => !isDue(one))
  return [...due, ...draw(rest, extent.others, random)]
}

/** Each point is as likely as any other, however often it is passed. */
function draw(cases: readonly Order[], count: number, random: SeededRandom): Order[] {
  const byLabel = Map.groupBy(cases, ({ label }) => label)
  const drawn = new Set<Order>()
  for (let attempts = 0; drawn.size < Math.min(count, cases.length) && attempts < 20 * count; attempts++) {
    const label = random.pick([...byLabel.keys()])
    drawn.add(random.pick(byLabel.get(label) ?? cases))
  }
  return [...drawn]
}
