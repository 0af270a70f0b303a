import { expect, test } from 'vitest'
import { lastLine, runProgram } from '../../support/run-program.ts'
import { parseOptions } from './options.ts'
import { COUNTS, runSchedule } from './run.ts'

/** The number of this short run; `npm run model` runs more, with any seed. */
const SCHEDULES = 100

test(
  'two or three owners that all believe they own a session keep the invariants in any order of steps',
  { timeout: 300_000 },
  async () => {
    const first = Number(process.env['MODEL_SEED'] ?? 1)
    const sum = { claims: 0, records: 0, frames: 0, fenced: 0 }
    for (let seed = first; seed < first + SCHEDULES; seed++) {
      const verdict = await runSchedule({ seed, owners: 2 + (seed % 2), steps: 400 })
      expect({ seed, broken: verdict.broken }).toEqual({ seed, broken: [] })
      // Only a later claim fences an owner, so there are fewer fenced owners than claims.
      expect(verdict.fenced, `seed ${seed}`).toBeLessThan(Math.max(1, verdict.claims))
      for (const name of COUNTS) sum[name] += verdict[name]
    }
    // Fewer would mean that the schedules tested nothing.
    expect(Math.min(...Object.values(sum))).toBeGreaterThan(SCHEDULES)
  },
)

test.each([
  ['--schedules', 'x'],
  ['--schedules', '0'],
  ['--schedules', '-3'],
  ['--schedules', '1.5'],
  ['--seed', 'x'],
  ['--seed', ''],
  ['--steps', '0'],
])('%s %j is refused, because the run would test nothing', (option, value) => {
  expect(() => parseOptions([`${option}=${value}`])).toThrow(option)
})

test('the command runs the requested schedules and prints its counts', async () => {
  const args = ['--schedules', '3', '--seed', '5', '--steps', '100', '--json']
  const { code, stdout } = await runProgram(new URL('./main.ts', import.meta.url), args, 60_000)
  expect(code).toBe(0)
  expect(lastLine(stdout)).toMatchObject({ schedules: 3, seed: 5, broken: 0, records: expect.any(Number) })
})
