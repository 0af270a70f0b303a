import { expect, test } from 'vitest'
import { decideRun, MOST_TRIES, RUN_LEASE_MS } from './schedule-decision.ts'

const EACH_MINUTE = { schedule: 'every 1 minutes', timeZone: 'Etc/UTC' }
const AT = Date.parse('2026-01-01T00:10:00Z')

const decide = (
  document: { since?: string; runBy?: string | null; tries?: number },
  { nowMs = AT, silentForMs = RUN_LEASE_MS }: { nowMs?: number; silentForMs?: number } = {},
) => {
  const { since = '2026-01-01T00:09:30Z', runBy = null, tries = 0 } = document
  return decideRun(EACH_MINUTE, { since: new Date(since), runBy, tries }, { nowMs, silentForMs })
}

test('a schedule runs at its time, and not before', () => {
  expect(decide({})).toEqual({ kind: 'run' })
  expect(decide({}, { nowMs: AT - 1 })).toEqual({ kind: 'wait', untilMs: AT })
})

test('times that were missed are one run', () => {
  expect(decide({ since: '2025-12-01T00:00:00Z' })).toEqual({ kind: 'run' })
  expect(decide({ since: '2026-01-01T00:10:00Z' })).toEqual({ kind: 'wait', untilMs: AT + 60_000 })
})

test('a run of another server is left alone while that server is alive', () => {
  const running = { runBy: 'another', tries: 1 }
  expect(decide(running, { silentForMs: RUN_LEASE_MS - 1 })).toMatchObject({ kind: 'wait' })
  expect(decide(running, { silentForMs: RUN_LEASE_MS })).toEqual({ kind: 'run' })
})

test('a run over which servers died is given up until its next time', () => {
  expect(decide({ runBy: 'another', tries: MOST_TRIES - 1 })).toEqual({ kind: 'run' })
  expect(decide({ runBy: 'another', tries: MOST_TRIES })).toEqual({ kind: 'give-up' })
})
