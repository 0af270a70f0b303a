import { FIGURES, type Figure, type Sample } from './sample.ts'
import { trendOf, warmUpOf, type Tolerance, type Trend } from './trend.ts'

/**
 * What may grow. The heap holds, for each message that was received, the hash of its ciphertext for 14 days; the resident set is
 * never given back in full; the rest goes up and down with what is under way.
 *
 * These are shares of the whole run, so that they are the stricter for a leak the longer the run is: 10 % in ten minutes hides what
 * 10 % in ten hours does not. Less would be luck in a short one: what is legitimate grows with the messages, and not with the time.
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

/** Pure: the trend of every figure, and a sentence for each that is not flat. */
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
