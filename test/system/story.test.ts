import { expect, test } from 'vitest'
import { lastLine, runProgram } from '../support/run-program.ts'

const LIMIT_MS = 110_000
const main = new URL('../../sandbox/demo/main.ts', import.meta.url)

test(
  'npm start -- --once --json: 20 messages each way, two kills in the middle, none lost and none duplicated',
  { timeout: 120_000 },
  async () => {
    const { code, stdout, stderr } = await runProgram(main, ['--once', '--json'], LIMIT_MS)
    expect({ code, told: stderr }).toMatchObject({ code: 0 })
    expect(lastLine(stdout)).toEqual({
      sent: 20,
      received: 20,
      lost: 0,
      duplicated: 0,
      undecryptable: 0,
      violations: 0,
      registrations: 1,
      recoveryMs: { p50: expect.any(Number), p95: expect.any(Number), max: expect.any(Number) },
    })
  },
)

test('an unknown option is refused', async () => {
  const { code, stdout, stderr } = await runProgram(main, ['--onec'], LIMIT_MS)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('--onec')
})
