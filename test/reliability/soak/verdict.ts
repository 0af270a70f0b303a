import { FIGURES, type Figure, type Sample } from './sample.ts'
import { trendOf, warmUpOf, type Tolerance, type Trend } from './trend.ts'

/**
 * The tolerated growth of each figure. The heap holds the hash of the ciphertext of each received message for 14 days. The system
 * never gets the resident set back completely. The other figures go up and down with the work in progress.
 *
 * The shares are of the whole run, so a longer run finds smaller leaks: 10 % in ten minutes hides a leak that 10 % in ten hours
 * shows. Smaller shares would fail short runs by chance, because legitimate growth depends on the messages and not on the time.
 */
const TOLERANCES: Readonly<Record<Figure, Tolerance>> = {
  rssMb: { share: 0.1, amount: 0 },
  heapMb: { share: 0.1, amount: 0 },
  externalMb: { share: 0.2, amount: 2 },
  timers: { share: 0.1, amount: 5 },
  resources: { share: 0.1, amount: 5 },
  sockets: { share: 0.1, amount: 2 },
  listeners: { share: 0.1, amount: 10 },
  emitters: { share: 0.1, amount: 20 },
  promises: { share: 0.1, amount: 100 },
  journal: { share: 1, amount: 0 },
  recordBytes: { share: 0.25, amount: 0 },
}

/** Returns the trend of every figure, and a complaint for each figure that is not flat. Pure. */
export function judgeSamples(
  samples: readonly Sample[],
  limits: { journal: number },
): { trends: Partial<Record<Figure, Trend>>; complaints: string[] } {
  const trends: Partial<Record<Figure, Trend>> = {}
  const complaints: string[] = []
  const warmUp = warmUpOf(samples.at(-1)?.at ?? 0)
  for (const figure of FIGURES) {
    const points = samples.map((sample) => ({ at: sample.at, value: sample[figure] }))
    const trend = trendOf(points, warmUp, TOLERANCES[figure])
    if (trend) trends[figure] = trend
    else complaints.push(`${figure}: too few samples after the warm-up of ${warmUp} s to say whether it is flat`)
    if (trend?.isFlat === false) {
      const [growth, mean] = [trend.growth.toFixed(1), trend.mean.toFixed(1)]
      complaints.push(`${figure} grew by ${growth} around ${mean}, ${trend.perHour.toFixed(1)} an hour`)
    }
  }
  const longest = Math.max(0, ...samples.map(({ journal }) => journal))
  if (longest > limits.journal) complaints.push(`a journal had ${longest} records, more than ${limits.journal}`)
  return { trends, complaints }
}
