import { fleetHistorySchema } from '@holdfast/core/operations/fleet-history-document'
import { healthDocumentSchema } from '@holdfast/core/operations/health-document'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Fields } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { beforeEach, describe, expect, it } from 'vitest'
import { readFleetFacts } from '../../../functions/src/use-cases/fleet-facts.ts'
import { allTotals } from '../../../functions/src/use-cases/health/history.ts'
import { SessionAvailability } from '../../../functions/src/use-cases/health/session-availability.ts'
import { writeHealth } from '../../../functions/src/use-cases/health/write-health.ts'
import { CountedDocuments } from '../../support/counted-documents.ts'
import { reportedSession, runnerChange, sessionChange, writeAll } from '../../support/fleet-documents.ts'

const logger = createLogger('test', 'silent')
const MINUTE_MS = 60_000

let documents: CountedDocuments
beforeEach(() => {
  documents = new CountedDocuments(Date.parse('2026-11-29T12:00:00Z'))
})

const facts = () => readFleetFacts({ documents, logger, clock: { ...systemClock, now: () => documents.nowMs } })
const write = async () => writeHealth({ documents, logger, thresholds: { cpu: 70, memory: 75 } }, await facts())

/** A run of the sweep a minute later, for which the runners have renewed their heartbeats. */
async function nextMinute(...alive: readonly string[]): Promise<void> {
  documents.advance(MINUTE_MS)
  await beat(...alive)
  await write()
}

async function beat(...runnerIds: readonly string[]): Promise<void> {
  const fields = { heartbeatAt: new Date(documents.nowMs) }
  await documents.commit(runnerIds.map((id) => ({ kind: 'update', path: `runners/${id}`, fields })))
}

const scopes = () => documents.all('health_status').map(({ id }) => id)

async function health(scope: string) {
  const snapshot = await documents.read(`health_status/${scope}`)
  return healthDocumentSchema.parse(snapshot?.fields)
}

async function history() {
  const snapshot = await documents.read('fleet_history/current')
  return fleetHistorySchema.parse(snapshot?.fields)
}

const change = (path: string, fields: Fields) => documents.commit([{ kind: 'update', path, fields }])

const oneRunner = (sessions = { 'default.a': reportedSession(), 'default.b': reportedSession() }, fields: Fields = {}) => [
  runnerChange('r1', sessions, fields),
  ...Object.keys(sessions).map((id) => sessionChange(id, { runnerId: 'r1' })),
]

describe('the health that the sweep writes', () => {
  it('is that of the fleet and of each runner while everything is well', async () => {
    await writeAll(documents, oneRunner())
    await write()
    expect(scopes()).toEqual(['fleet', 'runner.r1'])
    expect(await health('fleet')).toMatchObject({
      status: 'healthy',
      problems: [],
      outage: { verdict: 'none' },
      figures: { total: 2, wanted: 2, active: 2, recovering: 0, unplaced: 0, runnersAlive: 1, capacity: 500, isComplete: true },
    })
    expect(await health('runner.r1')).toMatchObject({
      status: 'healthy',
      figures: { state: 'active', sessions: 2, connected: 2 },
    })
  })

  it('keeps its beginning while the status is the same, and is measured anew each minute', async () => {
    await writeAll(documents, oneRunner())
    await write()
    const first = await health('fleet')
    await nextMinute('r1')
    const second = await health('fleet')
    expect(second.since).toEqual(first.since)
    expect(second.measuredAt.getTime() - first.measuredAt.getTime()).toBeGreaterThanOrEqual(MINUTE_MS)
    documents.advance(MINUTE_MS)
    await write()
    expect(await health('fleet')).toMatchObject({
      status: 'critical',
      problems: [{ code: 'no-runner' }, {}, { code: 'runner-lost' }],
    })
    expect((await health('fleet')).since).not.toEqual(first.since)
  })

  it('dates an outage by the clock that alerts compare it with', async () => {
    await writeAll(documents, oneRunner())
    const nowMs = documents.nowMs + 10 * MINUTE_MS
    const ahead = await readFleetFacts({ documents, logger, clock: { ...systemClock, now: () => nowMs } })
    await writeHealth({ documents, logger, thresholds: { cpu: 70, memory: 75 } }, ahead)
    expect((await health('fleet')).outage?.since).toEqual(new Date(nowMs))
  })

  it('says that a runner died, whether its sessions wait, and is removed with the runner', async () => {
    await writeAll(documents, [...oneRunner(), runnerChange('r2', {})])
    await write()
    await nextMinute('r2')
    expect(await health('runner.r1')).toMatchObject({
      status: 'critical',
      problems: [{ code: 'runner-lost' }],
      figures: { sessions: 2 },
    })
    for (const id of ['default.a', 'default.b']) await change(`whatsapp_connection_states/${id}`, { runnerId: 'r2' })
    await change('runners/r2', { sessions: { 'default.a': reportedSession(), 'default.b': reportedSession() } })
    await nextMinute('r2')
    expect(await health('runner.r1')).toMatchObject({ status: 'warning', problems: [{ code: 'runner-dead' }] })
    await documents.commit([{ kind: 'delete', path: 'runners/r1' }])
    await nextMinute('r2')
    expect(scopes()).toEqual(['fleet', 'runner.r2'])
  })

  it('has a document of each session that is not well, until it is well again', async () => {
    await writeAll(documents, oneRunner())
    await change('runners/r1', {
      sessions: { 'default.a': reportedSession(), 'default.b': reportedSession({ state: 'BACKOFF' }) },
    })
    const down = { state: 'BACKOFF', reason: 'connection-lost', downSince: new Date(documents.nowMs) }
    await change('whatsapp_connection_states/default.b', down)
    await write()
    expect(scopes()).toEqual(['fleet', 'runner.r1', 'session.default.b'])
    const first = await health('session.default.b')
    expect(first).toMatchObject({ status: 'degraded', problems: [{ code: 'connection-lost' }], figures: { status: 'STARTING' } })
    await nextMinute('r1')
    expect(await health('session.default.b')).toEqual(first)
    for (let minute = 0; minute < 4; minute++) await nextMinute('r1')
    expect(await health('session.default.b')).toMatchObject({ status: 'warning' })
    for (let minute = 0; minute < 12; minute++) await nextMinute('r1')
    expect(await health('session.default.b')).toMatchObject({ status: 'critical' })
    await change('whatsapp_connection_states/default.b', { state: 'CONNECTED', downSince: null })
    await change('runners/r1', { sessions: { 'default.a': reportedSession(), 'default.b': reportedSession() } })
    await nextMinute('r1')
    expect(scopes()).toEqual(['fleet', 'runner.r1'])
  })

  it('says of a session without an owner that no runner has room, for as long as all are full', async () => {
    const since = { workingSince: new Date('2026-11-02') }
    await writeAll(documents, oneRunner(undefined, { capacity: 2, ...since }))
    await documents.commit([sessionChange('default.third', { state: 'NEW', reason: 'created' })])
    await write()
    const { problems } = await health('session.default.third')
    expect(problems).toEqual([{ code: 'no-room', sentence: expect.stringContaining('full') }])
    await change('runners/r1', { capacity: 3 })
    await nextMinute('r1')
    expect((await health('session.default.third')).problems).toMatchObject([{ code: 'created' }])
    // Where no runner is at work, more room would not help.
    await change('runners/r1', { capacity: 2, state: 'draining' })
    await nextMinute('r1')
    expect((await health('session.default.third')).problems).toMatchObject([{ code: 'created' }])
  })

  it('has no document of a session that nobody wants online', async () => {
    await writeAll(documents, [...oneRunner(), sessionChange('default.off', { wanted: 'offline', state: 'LOGGED_OUT' })])
    await write()
    expect(scopes()).toEqual(['fleet', 'runner.r1'])
    expect(await health('fleet')).toMatchObject({ status: 'degraded', problems: [{ code: 'sessions-failed' }] })
  })

  it('keeps the documents of sessions that one run could not look at', async () => {
    const many = Array.from({ length: 600 }, (_, place) => `default.s${String(place).padStart(3, '0')}`)
    await writeAll(documents, [
      ...many.map((id) => sessionChange(id, { runnerId: null, state: 'NEW', reason: 'created' })),
      { kind: 'create', path: 'health_status/session.default.s599', fields: { v: 1 } },
      { kind: 'create', path: 'health_status/session.default.well', fields: { v: 1 } },
      runnerChange('r1', { 'default.well': reportedSession() }),
      sessionChange('default.well', { runnerId: 'r1' }),
    ])
    await write()
    expect(scopes()).toContain('session.default.s599')
    expect(scopes()).not.toContain('session.default.well')
    expect((await health('fleet')).figures).toMatchObject({ isComplete: false, wanted: 601, active: 1, recovering: 600 })
  })

  it('is written by one of two runs at once', async () => {
    await writeAll(documents, oneRunner())
    for (let run = 0; run < 2; run++) {
      const written = await Promise.all([write(), write()])
      expect(written.toSorted((one, other) => one - other)).toEqual([0, 3])
    }
  })
})

describe('the history of the fleet', () => {
  it('has totals that never fall, also when runners vanish', async () => {
    const totals = { recoveriesTried: 5 }
    await writeAll(documents, [...oneRunner(undefined, { totals }), runnerChange('r2', {}, { totals })])
    await write()
    expect(allTotals(await history())).toEqual({ recoveriesTried: 10 })
    await change('runners/r1', { totals: { recoveriesTried: 7 } })
    await nextMinute('r1', 'r2')
    expect(allTotals(await history())).toEqual({ recoveriesTried: 12 })
    await documents.commit([{ kind: 'delete', path: 'runners/r1' }])
    await nextMinute('r2')
    expect(allTotals(await history())).toEqual({ recoveriesTried: 12 })
    await writeAll(documents, [runnerChange('r3', {}, { totals: { recoveriesTried: 1 } })])
    await nextMinute('r2', 'r3')
    expect(allTotals(await history())).toEqual({ recoveriesTried: 13 })
  })

  it('counts the time for which sessions were connected, and not the time in which no sweep ran', async () => {
    await writeAll(documents, oneRunner())
    await write()
    for (let minute = 0; minute < 3; minute++) await nextMinute('r1')
    await change('runners/r1', {
      sessions: { 'default.a': reportedSession(), 'default.b': reportedSession({ state: 'BACKOFF' }) },
    })
    await change('whatsapp_connection_states/default.b', { state: 'BACKOFF', reason: 'connection-lost' })
    await nextMinute('r1')
    const before = await history()
    expect(before.days['2026-11-29']).toEqual({ wantedMs: 8 * MINUTE_MS, connectedMs: 7 * MINUTE_MS })
    documents.advance(60 * MINUTE_MS)
    await beat('r1')
    await write()
    expect((await history()).days).toEqual(before.days)
  })

  it('has one incident from the loss of all runners to their return', async () => {
    await writeAll(documents, oneRunner())
    await write()
    documents.advance(MINUTE_MS)
    await write()
    await nextMinute()
    expect((await history()).incidents).toMatchObject([{ status: 'critical', code: 'no-runner', until: null }])
    await nextMinute('r1')
    const [incident, ...others] = (await history()).incidents
    expect(others).toEqual([])
    expect(Number(incident?.until) - Number(incident?.since)).toBeGreaterThanOrEqual(2 * MINUTE_MS)
  })

  it('has the times for which single sessions were down, but not of those that wait for their phone', async () => {
    await writeAll(documents, oneRunner())
    await write()
    for (let minute = 0; minute < 7; minute++) await nextMinute('r1')
    expect(documents.all('fleet_history').map(({ id }) => id)).toEqual(['current'])
    const down = reportedSession({ state: 'BACKOFF' })
    await change('runners/r1', { sessions: { 'default.a': reportedSession({ state: 'PAIRING' }), 'default.b': down } })
    await change('whatsapp_connection_states/default.a', { state: 'PAIRING', reason: 'scan-qr' })
    await change('whatsapp_connection_states/default.b', { state: 'BACKOFF', reason: 'connection-lost' })
    for (let minute = 0; minute < 3; minute++) await nextMinute('r1')
    const month = await documents.read('fleet_history/2026-11')
    expect(month?.fields['down']).toEqual({ 'default.b': 3 * MINUTE_MS })
    expect((await history()).measured).toEqual({ '2026-11': 10 * MINUTE_MS })
    const availability = new SessionAvailability({ documents, logger, clock: { ...systemClock, now: () => documents.nowMs } })
    const percentOf = await availability.thisMonth()
    expect(percentOf('default.a', null)).toBe(100)
    expect(percentOf('default.b', null)).toBe(70)
    // A session of today has not been there for longer.
    expect(percentOf('default.b', new Date(documents.nowMs - 6 * MINUTE_MS))).toBe(50)
    expect(await availability.worst(5, () => true)).toEqual([['default.b', 70]])
    expect(await availability.worst(5, () => false)).toEqual([])
  })
})
