import { expect, it } from 'vitest'
import counted from '../../../infra/cost/counted.json' with { type: 'json' }
import { costOfSweep } from '../../bench/sweep-in-memory.ts'
import { measureSweep } from '../../bench/sweep-costs.ts'

it('a run of the sweep costs what the estimate takes for it', async () => {
  const { perRun, perRunner, perThousandSessions } = await measureSweep()
  // A part that reads one document more does not change what a month costs.
  expect(Math.abs(perRun.reads - counted.sweep.perRun.reads)).toBeLessThanOrEqual(5)
  expect(Math.abs(perRun.writes - counted.sweep.perRun.writes)).toBeLessThanOrEqual(1)
  expect({ perRunner, perThousandSessions }).toEqual({
    perRunner: counted.sweep.perRunner,
    perThousandSessions: counted.sweep.perThousandSessions,
  })
})

it('a run of the sweep over 10,000 well sessions on 20 runners costs fewer than 150 reads', async () => {
  const { reads, writes } = await costOfSweep({ sessions: 10_000, runners: 20 })
  console.log(`the sweep of 10,000 sessions on 20 runners: ${reads} reads, ${writes} writes`)
  expect(reads).toBeLessThan(150)
  expect(writes).toBeLessThan(30)
})
