import { expect, test } from 'vitest'
import { runCrashPoints } from '../reliability/crashpoints/run.ts'
import { SCENARIOS } from '../reliability/crashpoints/scenarios/all.ts'

/** So few that everybody runs them; `npm run crashpoints` runs all. */
const CASES = 2
const LIMIT_MS = 240_000

test(
  'a runner that is struck at any step of a message to send or a received one loses nothing and doubles nothing',
  async () => {
    const seed = Math.floor(Math.random() * 1_000_000)
    process.stderr.write(`crash points: seed ${seed}\n`)
    const drawn = seed % 2 === 0 ? 'message' : 'received'
    const scenarios = SCENARIOS.filter(({ name }) => name === drawn)
    const told: string[] = []
    const result = await runCrashPoints({
      seed,
      scenarios,
      extent: { sample: CASES },
      point: null,
      stages: 1,
      isComplete: false,
      tell: (line) => told.push(line),
    })
    expect(result.broken, told.join('\n')).toEqual([])
    expect(result.cases, told.join('\n')).toBeGreaterThan(0)
  },
  LIMIT_MS,
)
