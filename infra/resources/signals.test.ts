import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { AUDIT_METRICS, AUDIT_SIGNALS, CHARTS, filtersOf, metricFilters, SIGNALS } from './signals.ts'

const runbook = readFileSync(new URL('../../docs/RUNBOOK.md', import.meta.url), 'utf8')

test.each(Object.values({ ...SIGNALS, ...AUDIT_SIGNALS }))('the runbook has the alert "$title"', ({ title }) => {
  expect(runbook).toContain(`\n## ${title}\n`)
})

test('every metric of the logs is watched by an alert', () => {
  const watched = JSON.stringify({ ...SIGNALS, ...AUDIT_SIGNALS })
  expect(Object.keys({ ...metricFilters, ...AUDIT_METRICS }).filter((name) => !watched.includes(`user/${name}`))).toEqual([])
})

test('an alert on something that stays away waits for two periods of it at least', () => {
  const absences = Object.values(SIGNALS).flatMap(({ condition }) => {
    const { conditionAbsent } = condition as { conditionAbsent?: { duration: string } }
    return conditionAbsent ? [Number.parseInt(conditionAbsent.duration, 10)] : []
  })
  expect(absences).toHaveLength(2)
  expect(Math.min(...absences)).toBeGreaterThanOrEqual(2 * 60)
})

test.each([
  ['worker-pool', 'cloud_run_worker_pool', 'holdfast-runner'],
  ['service', 'resource.labels.service_name=\\"holdfast-runner\\"', 'cloud_run_worker_pool'],
] as const)('alerts and charts look at the runners of the platform: %s', (platform, seen, unseen) => {
  const filters = JSON.stringify(filtersOf(platform, [SIGNALS, CHARTS]))
  expect(filters).toContain(seen)
  expect(filters).not.toContain(unseen)
  expect(filters).not.toContain('<')
})

test('errors and requests of the API are those of the function and of the server', () => {
  const ofBoth = JSON.stringify('resource.labels.service_name=one_of("api","holdfast-api")').slice(1, -1)
  expect(JSON.stringify(SIGNALS['api-errors'])).toContain(ofBoth)
  expect(JSON.stringify(CHARTS)).toContain(ofBoth)
})
