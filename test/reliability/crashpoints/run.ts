import { createHash } from 'node:crypto'
import { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import { isAllTheTime, planCases, type Extent } from './plan.ts'
import type { Order } from './orders.ts'
import { spared, unexpectedPoints, unreachedPoints } from './registry.ts'
import { Rehearsal } from './rehearsal.ts'
import type { Scenario } from './scenario.ts'

export interface Broken {
  scenario: string
  /** The name of the point, with the number of the passage if it was not the first. */
  point: string
  fault: string
  what: string
}

export interface Result {
  seed: number
  /** The number of points that were passed. */
  points: number
  /** Cases whose fault happened. */
  cases: number
  /** Cases whose fault did not happen in any attempt. */
  missed: number
  broken: Broken[]
  seconds: number
}

/** The result of all scenarios together. */
interface Totals {
  readonly result: Result
  /** The names of the points that were passed. */
  readonly reached: Set<string>
  /** The cases whose fault happened. */
  readonly struck: Order[]
}

interface Wanted {
  seed: number
  scenarios: readonly Scenario[]
  extent: Extent
  point: string | null
  stages: number
  /** Whether unreached points are an error. They are not when only some scenarios run. */
  isComplete: boolean
  tell: (line: string) => void
}

/** The attempts of a case. A repetition may pass the point at another moment, because changes are grouped by milliseconds. */
const ATTEMPTS = 3

/** The cases on one stage. Stored data slows a stage: after 70 backlogs of 150 messages, a case takes three times as long. */
const CASES_PER_STAGE = 20

export async function runCrashPoints(wanted: Wanted): Promise<Result> {
  const startedAt = performance.now()
  const { seed, scenarios, stages } = wanted
  const result: Result = { seed, points: 0, cases: 0, missed: 0, broken: [], seconds: 0 }
  const reached = new Set<string>()
  const struck: Order[] = []
  const queue = [...scenarios]
  const lane = async (): Promise<void> => {
    for (let scenario = queue.shift(); scenario; scenario = queue.shift())
      await play(scenario, wanted, { result, reached, struck })
  }
  await Promise.all(Array.from({ length: stages }, lane))
  result.points = reached.size
  for (const label of unexpectedPoints(reached)) result.broken.push(noCase(label, 'is passed and is not in the registry'))
  if (wanted.isComplete) {
    for (const label of unreachedPoints(reached)) result.broken.push(noCase(label, 'no scenario passes it'))
    for (const label of isSample(wanted.extent) ? [] : spared(struck)) result.broken.push(noCase(label, 'no case dies at it'))
  }
  result.seconds = Math.round((performance.now() - startedAt) / 1000)
  return result
}

const isSample = (extent: Extent): boolean => extent !== 'all' && 'sample' in extent

const noCase = (point: string, what: string): Broken => ({ scenario: '', point, fault: '', what })

async function play(scenario: Scenario, wanted: Wanted, { result, reached, struck }: Totals): Promise<void> {
  const { name } = scenario
  const { seed, extent, point, tell } = wanted
  let rehearsal: Rehearsal | null = null
  const close = async (): Promise<void> => {
    const closing = rehearsal
    rehearsal = null
    for (const label of closing?.labels ?? []) reached.add(label)
    await closing?.[Symbol.asyncDispose]()
  }
  try {
    rehearsal = await Rehearsal.open(scenario)
    const points = await rehearsal.points()
    const random = new SeededRandom(seed + hashOf(name))
    const planned = planCases(points, {
      extent,
      random,
      isWhole: scenario.isWhole === true,
      about: scenario.about ?? null,
      diedAt: scenario.diedAt ?? null,
      strikesEachPassage: scenario.strikesEachPassage === true,
    })
    const cases = planned.filter(({ label }) => point === null || label.includes(point))
    const own = [...points.keys()].filter((label) => !isAllTheTime(label)).length
    tell(`${name}: ${own} points of its own, ${cases.length} cases.`)
    for (const [index, order] of cases.entries()) {
      if (index % CASES_PER_STAGE === 0 && index > 0) await close()
      rehearsal ??= await Rehearsal.open(scenario)
      const place = order.nth === 1 ? order.label : `${order.label} (${order.nth})`
      const startedAt = performance.now()
      const { hasFired, wrong } = await attempt(rehearsal, order)
      if (hasFired) struck.push(order)
      const tookMs = Math.round(performance.now() - startedAt)
      if (hasFired) result.cases++
      else result.missed++
      const outcome = wrong.length > 0 ? `BROKEN: ${wrong.join('; ')}` : hasFired ? 'held' : 'did not happen'
      tell(`${name} ${index + 1}/${cases.length}: ${place}, ${order.fault}: ${outcome} (${tookMs} ms)`)
      if (wrong.length === 0) continue
      tell(await rehearsal.lastWords())
      result.broken.push({ scenario: name, point: place, fault: order.fault, what: wrong.join('; ') })
      // A broken case would break the following ones on the same stage.
      await close()
    }
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    tell(`${name}: ${what}`)
    if (rehearsal) tell(await rehearsal.lastWords().catch(() => ''))
    result.broken.push({ scenario: name, point: '', fault: '', what })
  } finally {
    await close()
  }
}

async function attempt(rehearsal: Rehearsal, order: Parameters<Rehearsal['run']>[0]): ReturnType<Rehearsal['run']> {
  for (let attempts = 1; ; attempts++) {
    const verdict = await rehearsal.run(order)
    if (verdict.hasFired || verdict.wrong.length > 0 || attempts === ATTEMPTS) return verdict
  }
}

/** Hashes a scenario's name for its seed, so that its cases do not depend on the other scenarios of the run. */
const hashOf = (name: string): number => createHash('sha256').update(name).digest().readUInt32BE()
