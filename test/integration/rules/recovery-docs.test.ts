import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULT_LADDER_LIMITS, LADDER, RECOVERY_STEPS } from '@holdfast/core/session/recovery-ladder'

const page = readFileSync(new URL('../../../docs/RECOVERY.md', import.meta.url), 'utf8')

/** The rows of the table under a heading of two columns, by their first cell. */
function rowsBelow(heading: string): Map<string, string> {
  const table = page.slice(page.indexOf(heading)).split('\n\n')[0] ?? ''
  const rows = table.split('\n').slice(2)
  return new Map(rows.map((row) => row.split('|').map((cell) => cell.trim())).map(([, name = '', text = '']) => [name, text]))
}

const named = (text: string): string[] => [...text.matchAll(/`([\w-]+)`/g)].map(([, word = '']) => word)

test('the page on recoveries shows the rungs of each cause as the code has them', () => {
  const rows = rowsBelow('| cause | rungs, in their order |')
  const shown = Object.fromEntries([...rows].map(([cause, rungs]) => [named(cause)[0], named(rungs)]))
  expect(shown).toEqual(LADDER)
})

test('the page on recoveries explains each step, in the order of the ladder', () => {
  expect([...rowsBelow('| step | what the owner does').keys()].flatMap(named)).toEqual(RECOVERY_STEPS)
})

test('the page on recoveries has the budgets of the code', () => {
  const { perDay, ofRunner, pauseMs, hintsEveryMs } = DEFAULT_LADDER_LIMITS
  expect(page).toContain(`${perDay.rebuild} rebuilds, ${perDay.reload} reloads and ${perDay.move} moves in a day`)
  expect(page.replaceAll(/\s+/g, ' ')).toContain(
    `${ofRunner.steps} steps beyond \`reconnect\` in ${ofRunner.withinMs / 60_000} minutes`,
  )
  expect([pauseMs / 60_000, hintsEveryMs / 3_600_000]).toEqual([5, 6])
  expect(page.replaceAll(/\s+/g, ' ')).toContain('each has five minutes of time')
  expect(page).toContain('once in six hours')
})
