import { newOperationCounter } from '@holdfast/core/adapters/google/operation-counter'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { COUNTERS, counterNameOf } from '../../../functions/src/use-cases/metrics/catalogue.ts'
import { CHARTS, metricFilters } from '../../../infra/resources/signals.ts'
import { TOTALS } from '../../../runner/src/session/totals.ts'
import { LOG_METRICS, metricTypesIn, PROMETHEUS_NAMES } from '../../metrics-docs.ts'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const namesIn = (text: string): Set<string> => new Set(text.match(/\bholdfast_[a-z\d_]+/g))

test('whatever a runner counts is a counter of the catalogue, and no other is', () => {
  const counted = [...TOTALS, ...Object.keys(newOperationCounter()).map(counterNameOf)]
  expect(counted.toSorted()).toEqual(Object.keys(COUNTERS).toSorted())
})

test('the pages name only metrics that there are', () => {
  const known = new Set([...PROMETHEUS_NAMES, ...Object.keys(LOG_METRICS)])
  for (const page of ['docs/METRICS.md', 'docs/RUNBOOK.md', 'docs/ALERTS.md', 'docs/COST.md', 'README.md']) {
    expect([...namesIn(read(page))].filter((name) => !known.has(name))).toEqual([])
  }
})

describe('the dashboard for Grafana', () => {
  interface Panel {
    readonly id: number
    readonly title: string
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
    readonly targets: readonly { readonly expr: string }[]
  }
  const { panels } = JSON.parse(read('infra/monitoring/grafana-dashboard.json')) as { panels: readonly Panel[] }
  const shown = namesIn(panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n'))

  test('shows only metrics of the catalogue, and all of them that have no name of anybody', () => {
    expect([...shown].filter((name) => !PROMETHEUS_NAMES.has(name))).toEqual([])
    const elsewhere = ['holdfast_info', 'holdfast_session_availability_ratio']
    expect([...PROMETHEUS_NAMES].filter((name) => !shown.has(name)).toSorted()).toEqual(elsewhere)
  })

  test('has a place of its own for each panel', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24)
  })
})

test('the dashboard of Cloud Monitoring shows every metric of the logs, and none that nobody counts', () => {
  const own = 'logging.googleapis.com/user/'
  const shown = CHARTS.flatMap(({ filter }) => metricTypesIn(filter)).filter((type) => type.startsWith(own))
  expect(new Set(shown)).toEqual(new Set(Object.keys(metricFilters).map((name) => `${own}${name}`)))
})
