import { expect, test } from 'vitest'
import { lastLine, runProgram } from '../support/run-program.ts'

// Several times the time of a run on an idle machine.
const LIMIT_MS = 220_000
const main = new URL('../reliability/skew/main.ts', import.meta.url)

test(
  'runners of the version before and of this one lose nothing while they hand sessions to each other',
  { timeout: 240_000 },
  async () => {
    const args = ['--only', 'both-runners', '--seconds', '12', '--sessions', '2', '--seed', '1', '--json']
    const { code, stdout, stderr } = await runProgram(main, args, LIMIT_MS)
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(lastLine(stdout)).toMatchObject({ lost: 0, doubled: 0, undecryptable: 0, violations: 0, broken: 0 })
  },
)
