import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { metricFilters, SIGNALS } from './signals.ts'

const runbook = readFileSync(new URL('../../docs/RUNBOOK.md', import.meta.url), 'utf8')

test.each(Object.values(SIGNALS))('the runbook has the alert "$title"', ({ title }) => {
  expect(runbook).toContain(`\n## ${title}\n`)
})

test('every metric of the logs is watched by an alert', () => {
  const watched = JSON.stringify(SIGNALS)
  expect(Object.keys(metricFilters).filter((name) => !watched.includes(`user/${name}`))).toEqual([])
})

test('an alert on something that stays away waits for two periods of it at least', () => {
  const absences = Object.values(SIGNALS).flatMap(({ condition }) => {
    const { conditionAbsent } = condition as { conditionAbsent?: { duration: string } }
    return conditionAbsent ? [Number.parseInt(conditionAbsent.duration, 10)] : []
  })
  expect(absences).toHaveLength(2)
  expect(Math.min(...absences)).toBeGreaterThanOrEqual(2 * 60)
})
