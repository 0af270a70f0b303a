import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { lastLine, runProgram } from '../../support/run-program.ts'
import { parseOptions } from './options.ts'
import { tellStories } from './run.ts'

/** The number of this short run; `npm run prove -- queue-model` runs more, with any seed. */
const RUNS = 100

/** What the stories must have done. A run without one of these tests nothing of it. */
const HAPPENINGS = [
  'accepted',
  'taken',
  'repeated',
  'refused',
  'sent',
  'failed',
  'canceled',
  'replaced',
  'retried',
  'moved',
  'due',
]

describe('a queue to which people, WhatsApp, machines and time do random things', () => {
  test('does not differ from its model', { timeout: 300_000 }, async () => {
    const seed = Number(process.env['MODEL_SEED'] ?? 1)
    const { difference, happened } = await tellStories({ runs: RUNS, seed })
    expect({ seed, difference }).toEqual({ seed, difference: null })
    expect(HAPPENINGS.filter((name) => (happened[name] ?? 0) === 0)).toEqual([])
  })

  test('has a model of at most 120 lines', async () => {
    const source = await readFile(new URL('./model.ts', import.meta.url), 'utf8')
    expect(source.split('\n').length - 1).toBeLessThanOrEqual(120)
  })
})

const MAIN = new URL('./main.ts', import.meta.url)

test.each([
  ['--runs', '0'],
  ['--runs', 'x'],
  ['--seed', '-1'],
])('%s %j is refused, because the run would test nothing', (option, value) => {
  expect(() => parseOptions([`${option}=${value}`])).toThrow(option)
})

test('the command tells the same stories for the same seed, and prints what happened', async () => {
  const told = () => runProgram(MAIN, ['--runs', '5', '--seed', '7', '--json'], 60_000)
  const [one, other] = [await told(), await told()]
  expect(one.code).toBe(0)
  expect(lastLine(one.stdout)).toMatchObject({ runs: 5, differences: 0, seed: 7, accepted: expect.any(Number) })
  expect(lastLine(other.stdout)).toEqual(lastLine(one.stdout))
})
