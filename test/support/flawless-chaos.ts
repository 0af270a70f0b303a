import { expect } from 'vitest'
import { lastLine, runProgram } from './run-program.ts'

// Several times the time of a run on an idle machine.
const LIMIT_MS = 220_000
const main = new URL('../reliability/chaos/main.ts', import.meta.url)

const FLAWLESS = { lost: 0, duplicated: 0, undecryptable: 0, violations: 0, registrations: 1 }

/** Runs chaos with two sessions and asserts that it succeeded without a loss. Returns its figures. */
export async function flawlessChaos(...args: string[]): Promise<Record<string, number>> {
  const { code, stdout, stderr } = await runProgram(main, ['--sessions', '2', '--seed', '1', '--json', ...args], LIMIT_MS)
  expect(code, stderr).toBe(0)
  const result = lastLine(stdout)
  expect(result).toMatchObject(FLAWLESS)
  return result as Record<string, number>
}
