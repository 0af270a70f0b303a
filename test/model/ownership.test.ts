import { expect, test } from 'vitest'
import { runSchedule } from './run.ts'

const SCHEDULES = 200

test(
  'of two or three owners that all believe the session to be theirs, in whatever order things happen',
  { timeout: 300_000 },
  async () => {
    const first = Number(process.env['MODEL_SEED'] ?? 1)
    const sum = { claims: 0, records: 0, frames: 0, fenced: 0 }
    for (let seed = first; seed < first + SCHEDULES; seed++) {
      const verdict = await runSchedule({ seed, owners: 2 + (seed % 2), steps: 400 })
      expect({ seed, broken: verdict.broken }).toEqual({ seed, broken: [] })
      for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += verdict[name]
    }
    // Otherwise nothing was put to the test.
    expect(Math.min(...Object.values(sum))).toBeGreaterThan(SCHEDULES)
  },
)
