import { expect, test } from 'vitest'
import { lastLine, runProgram } from '../outside/run-program.ts'

const LIMIT_MS = 110_000
const main = new URL('main.ts', import.meta.url)

const FLAWLESS = { lost: 0, duplicated: 0, undecryptable: 0, violations: 0, registrations: 1 }

test('five kills of a runner with two sessions, messages flowing both ways', { timeout: 120_000 }, async () => {
  const { code, stdout, stderr } = await runProgram(main, ['--kills', '5', '--sessions', '2', '--seed', '1', '--json'], LIMIT_MS)
  expect({ code, told: stderr }).toMatchObject({ code: 0 })
  const result = lastLine(stdout) as Record<string, number>
  expect(result).toMatchObject({ ...FLAWLESS, kills: 5 })
  expect(result['inFlightKills']).toBeGreaterThanOrEqual(3)
  expect(Math.min(result['sent'] ?? 0, result['received'] ?? 0)).toBeGreaterThanOrEqual(50)
})

test(
  'an owner that slept through a takeover, its checkpoints and its trimming says nothing that counts',
  { timeout: 120_000 },
  async () => {
    const args = ['--what', 'pause', '--pauses', '1', '--sessions', '2', '--seed', '1', '--json']
    const { code, stdout, stderr } = await runProgram(main, args, LIMIT_MS)
    expect({ code, told: stderr }).toMatchObject({ code: 0 })
    expect(lastLine(stdout)).toMatchObject({ ...FLAWLESS, pauses: 1, loginsAfterWake: 0 })
  },
)
