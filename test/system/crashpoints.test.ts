import { expect, test } from 'vitest'
import { runCrashPoints } from '../reliability/crashpoints/run.ts'
import { SCENARIOS } from '../reliability/crashpoints/scenarios/all.ts'

/** The number of cases in this short run; `npm run crashpoints` runs all. */
const CASES = 2
const LIMIT_MS = 240_000

test(
  'a runner that crashes at any step of a sent or a received message loses and duplicates nothing',
  async () => {
    const seed = Math.floor(Math.random() * 1_000_000)
    process.stderr.write(`crash points: seed ${seed}\n`)
    const drawn = seed % 2 === 0 ? 'message' : 'received'
    const scenarios = SCENARIOS.filter(({ name }) => name === drawn)
    const lines: string[] = []
    const result = await runCrashPoints({
      seed,
      scenarios,
      extent: { sample: CASES },
      point: null,
      stages: 1,
      isComplete: false,
      tell: (line) => lines.push(line),
    })
    expect(result.broken, lines.join('\n')).toEqual([])
    expect(result.cases, lines.join('\n')).toBeGreaterThan(0)
  },
  LIMIT_MS,
)
