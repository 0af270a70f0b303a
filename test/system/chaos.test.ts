import { expect, test } from 'vitest'
import { lastLine, runProgram } from '../support/run-program.ts'

// Several times the time of a run on an idle machine.
const LIMIT_MS = 220_000
const main = new URL('../reliability/chaos/main.ts', import.meta.url)

const FLAWLESS = { lost: 0, duplicated: 0, undecryptable: 0, violations: 0, registrations: 1 }

/** Runs the command and asserts that it succeeded without a loss. Returns its figures. */
async function run(...args: string[]): Promise<Record<string, number>> {
  const { code, stdout, stderr } = await runProgram(main, ['--sessions', '2', '--seed', '1', '--json', ...args], LIMIT_MS)
  expect(code, stderr).toBe(0)
  const result = lastLine(stdout)
  expect(result).toMatchObject(FLAWLESS)
  return result as Record<string, number>
}

test(
  'two sessions lose nothing over five kills of their runner while messages flow both ways',
  { timeout: 240_000 },
  async () => {
    const result = await run('--kills', '5')
    expect(result).toMatchObject({ kills: 5 })
    expect(result['inFlightKills']).toBeGreaterThanOrEqual(3)
    expect(Math.min(result['sent'] ?? 0, result['received'] ?? 0)).toBeGreaterThanOrEqual(50)
  },
)

test(
  'an owner that slept through a takeover, its checkpoints and its trimming can neither log in nor write',
  { timeout: 240_000 },
  async () => {
    expect(await run('--what', 'pause', '--pauses', '1')).toMatchObject({ pauses: 1, loginsAfterWake: 0 })
  },
)

test(
  'sessions survive two deaths of all runners, functions and Cloud Storage at once, with a bad network and growing backlogs',
  { timeout: 240_000 },
  async () => {
    const result = await run('--what', 'everything', '--kills', '2', '--with', 'faults,backlogs')
    expect(result).toMatchObject({ kills: 2, answers: { wrong: 0 } })
  },
)

test(
  'sessions lose nothing while Firestore is refused, frozen, slow and cut off, and the API names the time for a retry',
  { timeout: 240_000 },
  async () => {
    const result = await run('--what', 'outage', '--store', 'firestore', '--how', 'refuse,freeze,slow,cut', '--seconds', '4')
    expect(result).toMatchObject({ outages: 4, answers: { wrong: 0, unanswered: 0 }, health: { unanswered: 0 } })
  },
)

test(
  'each message of the queue comes to one end while runners, functions and Google’s services die or are away at random',
  { timeout: 240_000 },
  async () => {
    const result = await run('--what', 'mixed', '--with', 'queue', '--runners', '2', '--kills', '3')
    expect(result).toMatchObject({ answers: { wrong: 0 }, queueEnds: { canceled: expect.any(Number) } })
  },
)

test(
  'six sessions of three runners have one owner at a time while these sleep, die, leave, and lose Firestore or WhatsApp',
  { timeout: 240_000 },
  async () => {
    const strikes = 'zombie,without-firestore,without-both,kill,scale-down'
    const result = await run('--runners', '3', '--sessions', '6', '--strikes', strikes, '--kills', '5')
    expect(result).toMatchObject({ doubleOwned: 0, reordered: 0, answers: { wrong: 0, unanswered: 0 } })
  },
)
