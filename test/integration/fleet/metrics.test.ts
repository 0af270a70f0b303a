import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readFleetFacts } from '../../../functions/src/use-cases/fleet-facts.ts'
import { writeHealth } from '../../../functions/src/use-cases/health/write-health.ts'
import { COUNTERS, GAUGES, type MetricEntry } from '../../../functions/src/use-cases/metrics/catalogue.ts'
import { expositionOf, type Metric } from '../../../functions/src/use-cases/metrics/exposition.ts'
import { CountedDocuments } from '../../support/counted-documents.ts'
import { API_KEY, type ApiUnderTest, startApi } from '../api/api-under-test.ts'
import { reportedSession, runnerChange, sessionChange, writeAll } from '../../support/fleet-documents.ts'

const MINUTE_MS = 60_000
const logger = createLogger('test', 'silent')

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

let documents: CountedDocuments
const clock = { ...systemClock, now: () => documents.nowMs }
const sweep = async () =>
  writeHealth({ documents, logger, thresholds: { cpu: 70, memory: 75 } }, await readFleetFacts({ documents, logger, clock }))

beforeEach(async () => {
  documents = new CountedDocuments(Date.now())
  await writeAll(documents, [
    runnerChange(
      'r1',
      { 'acme.first': reportedSession() },
      { states: { CONNECTED: 1 }, totals: { recoveries_started: 3, qr_codes_shown: 1 } },
    ),
    sessionChange('acme.first', { runnerId: 'r1' }),
  ])
})

async function scrape(
  headers: Record<string, string> = { Authorization: `Bearer ${API_KEY}`, 'X-Api-Key': '' },
): Promise<string> {
  const answer = await api.with({ documents, clock }).call('/metrics', { headers })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return String(answer.body)
}

/** Reads the page as Prometheus does. Throws for a line that is neither a comment nor a sample of the metric named before it. */
function parsed(page: string): Map<string, number> {
  const samples = new Map<string, number>()
  const declared = new Map<string, string>()
  for (const line of page.trimEnd().split('\n')) {
    const type = /^# TYPE (\w+) (gauge|counter)$/.exec(line)
    if (type) {
      if (declared.has(type[1] ?? '')) throw new Error(`declared twice: ${line}`)
      declared.set(type[1] ?? '', type[2] ?? '')
    } else if (!/^# HELP \w+ .+$/.test(line)) {
      const sample = /^(holdfast_\w+)(\{\w+="(?:[^"\\]|\\.)*"(?:,\w+="(?:[^"\\]|\\.)*")*\})? (-?[\d.e+-]+)$/.exec(line)
      const [, name = '', labels = '', value] = sample ?? []
      if (!sample || !declared.has(name) || samples.has(name + labels)) throw new Error(`not a sample: ${line}`)
      if (declared.get(name) === 'counter' && !name.endsWith('_total')) throw new Error(`a counter without _total: ${line}`)
      samples.set(name + labels, Number(value))
    }
  }
  return samples
}

describe('the figures for Prometheus', () => {
  it('are those of the installation, without the name of anybody', async () => {
    await sweep()
    documents.advance(MINUTE_MS)
    await documents.commit([{ kind: 'update', path: 'runners/r1', fields: { heartbeatAt: new Date(documents.nowMs) } }])
    await sweep()
    const page = await scrape()
    const samples = parsed(page)
    expect(Object.fromEntries(samples)).toMatchObject({
      'holdfast_health_status{status="healthy"}': 1,
      'holdfast_health_status{status="critical"}': 0,
      'holdfast_problem{code="sweep-dead"}': 0,
      holdfast_sessions: 1,
      holdfast_sessions_connected: 1,
      'holdfast_messages{state="waiting"}': 0,
      'holdfast_runners{state="active"}': 1,
      holdfast_capacity_sessions: 500,
      'holdfast_outage{verdict="none"}': 1,
      'holdfast_availability_ratio{window="31d"}': 1,
      holdfast_recoveries_started_total: 3,
      holdfast_qr_codes_shown_total: 1,
    })
    expect(samples.get('holdfast_sweep_last_run_timestamp_seconds')).toBeCloseTo(documents.nowMs / 1000, 0)
    expect(page).not.toMatch(/acme|first|r1/)
    expect(samples.size).toBeLessThan(100)
  })

  it('are those of the catalogue, with its labels', async () => {
    await sweep()
    const { body } = await api.with({ documents, clock }).get('/metrics?format=json&sessions=5')
    const found = body as readonly Metric[]
    const gauges: Readonly<Record<string, MetricEntry>> = GAUGES
    const shown = found.map(({ name, type, samples }) => {
      const entry =
        type === 'gauge' ? gauges[name.replace('holdfast_', '')] : COUNTERS[/^holdfast_(.*)_total$/.exec(name)?.[1] ?? '']
      const labels = Object.keys(entry?.labels ?? {})
      for (const sample of samples) expect([name, Object.keys(sample.labels)]).toEqual([name, labels])
      return entry
    })
    expect(shown).not.toContain(undefined)
    expect(
      found
        .filter(({ type }) => type === 'gauge')
        .map(({ name }) => name.replace('holdfast_', ''))
        .toSorted(),
    ).toEqual(Object.keys(GAUGES).toSorted())
  })

  it('have counters that do not fall when a runner vanishes', async () => {
    await sweep()
    await documents.commit([{ kind: 'delete', path: 'runners/r1' }])
    expect(parsed(await scrape()).get('holdfast_recoveries_started_total')).toBe(3)
    documents.advance(MINUTE_MS)
    await sweep()
    expect(parsed(await scrape()).get('holdfast_recoveries_started_total')).toBe(3)
  })

  it('tell that the sweep does not run', async () => {
    await sweep()
    const ranAt = documents.nowMs / 1000
    documents.advance(10 * MINUTE_MS)
    const samples = parsed(await scrape())
    expect(samples.get('holdfast_problem{code="sweep-dead"}')).toBe(1)
    expect(samples.get('holdfast_sweep_last_run_timestamp_seconds')).toBeCloseTo(ranAt, 0)
  })

  it('need a key, in the header of the API or in that of Prometheus', async () => {
    await scrape({ 'X-Api-Key': API_KEY })
    for (const headers of [{}, { Authorization: 'Bearer wrong' }, { Authorization: API_KEY }, { Authorization: 'Basic Og==' }]) {
      expect((await api.with({ documents }).call('/metrics', { headers: { 'X-Api-Key': '', ...headers } })).status).toBe(401)
    }
    const bearer = { headers: { Authorization: `Bearer ${API_KEY}`, 'X-Api-Key': '' } }
    expect((await api.with({ documents }).call('/api/fleet', bearer)).status).toBe(401)
  })

  it('name sessions on request only, and to nobody but those who may know them', async () => {
    await sweep()
    await documents.commit([
      { kind: 'update', path: 'runners/r1', fields: { sessions: { 'acme.first': reportedSession({ state: 'BACKOFF' }) } } },
    ])
    await documents.commit([
      { kind: 'update', path: 'whatsapp_connection_states/acme.first', fields: { state: 'BACKOFF', reason: 'connection-lost' } },
    ])
    documents.advance(MINUTE_MS)
    await documents.commit([{ kind: 'update', path: 'runners/r1', fields: { heartbeatAt: new Date(documents.nowMs) } }])
    await sweep()
    const path = '/metrics?sessions=5'
    const named = async (principal: Parameters<ApiUnderTest['as']>[0]) =>
      parsed(String((await api.as(principal, { documents, clock }).call(path, {})).body)).get(
        'holdfast_session_availability_ratio{session="acme.first"}',
      )
    expect(await named({ role: 'operator' })).toBe(0)
    expect(await named({ role: 'read', tenant: 'acme' })).toBe(0)
    expect(await named({ role: 'admin', tenant: 'other' })).toBeUndefined()
    expect(await scrape()).not.toContain('acme')
  })

  it('come as JSON for other programs', async () => {
    const { body } = await api.with({ documents, clock }).get('/metrics?format=json')
    expect(body).toContainEqual({
      name: 'holdfast_sessions',
      help: 'Sessions.',
      type: 'gauge',
      samples: [{ labels: {}, value: 1 }],
    })
  })
})

it('values of labels are escaped', () => {
  const samples = [{ labels: { version: 'a"b\\c\nd' }, value: 1.5 }]
  expect(expositionOf([{ name: 'holdfast_info', help: 'Two\nlines', type: 'gauge', samples }])).toBe(
    String.raw`# HELP holdfast_info Two\nlines` +
      '\n# TYPE holdfast_info gauge\n' +
      String.raw`holdfast_info{version="a\"b\\c\nd"} 1.5` +
      '\n',
  )
})
