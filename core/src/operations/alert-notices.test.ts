import { describe, expect, it } from 'vitest'
import { decideNotice, settleMs } from './alert-notices.ts'

const MINUTE_MS = 60_000
/** A day, at noon in UTC. */
const NOON = Date.parse('2026-11-29T12:00:00Z')
const at = (minutes: number): Date => new Date(NOON + minutes * MINUTE_MS)

const policy = { reminders: { criticalMinutes: 15, otherMinutes: 240 }, quietHours: null, timeZone: 'UTC' }

const alert = (fields: object = {}) => ({
  type: 'disconnected',
  firstSeenAt: at(-1000),
  state: 'open' as const,
  severity: 'warning' as const,
  resolvedAt: null,
  flaps: 0,
  group: null,
  silencedUntil: null,
  notices: 0,
  lastNotice: null,
  lastNoticeAt: null,
  ...fields,
})

const told = (kind: string, minutes: number, fields: object = {}) =>
  alert({ notices: 1, lastNotice: { kind, severity: 'warning', isQueued: true }, lastNoticeAt: at(minutes), ...fields })

const critical = { severity: 'critical', lastNotice: { kind: 'opened', severity: 'critical', isQueued: true } }

type Row = readonly [what: string, given: ReturnType<typeof alert>, notice: string | null, againInMinutes: number | null]

const TABLE: readonly Row[] = [
  ['a new alert', alert(), 'opened', null],
  ['new high CPU', alert({ type: 'cpu-high', firstSeenAt: at(-1) }), null, 2],
  ['high CPU that lasts', alert({ type: 'cpu-high', firstSeenAt: at(-3) }), 'opened', null],
  ['an alert that was told of', told('opened', -10), null, 230],
  ['one that was told of four hours ago', told('opened', -240), 'reminded', null],
  ['a critical one after 14 minutes', told('opened', -14, critical), null, 1],
  ['a critical one after 15 minutes', told('opened', -15, critical), 'reminded', null],
  ['one that became critical', told('opened', -1, { severity: 'critical' }), 'opened', null],
  ['an acknowledged one', told('opened', -999, { state: 'acknowledged' }), null, null],
  ['an acknowledged one that is over', told('opened', -9, { state: 'resolved', resolvedAt: at(-2) }), 'resolved', null],
  ['one that has just ended', told('opened', -9, { state: 'resolved', resolvedAt: at(0) }), null, 1],
  ['one that ended, and flaps', told('opened', -9, { state: 'resolved', resolvedAt: at(-2), flaps: 2 }), null, 2],
  ['one that nobody was told of and that is over', alert({ state: 'resolved', resolvedAt: at(-9) }), null, null],
  ['one whose end was told of', told('resolved', -9, { state: 'resolved', resolvedAt: at(-19) }), null, null],
  ['one that another one stands for', alert({ group: 'disconnected:many' }), null, null],
  ['a silenced one', alert({ silencedUntil: at(30) }), null, 30],
  ['one whose silence is over', alert({ silencedUntil: at(-1) }), 'opened', null],
]

describe('the notice that is due for', () => {
  it.each(TABLE)('%s', (_, given, notice, againInMinutes) => {
    const againAtMs = againInMinutes === null ? null : at(againInMinutes).getTime()
    expect(decideNotice(given, policy, NOON)).toEqual({ notice, againAtMs })
  })
})

describe('in quiet hours', () => {
  const quiet = { ...policy, quietHours: { from: '11:00', to: '13:30' } }

  it('a critical alert is told of, and others wait for their end', () => {
    expect(decideNotice(alert({ severity: 'critical' }), quiet, NOON).notice).toBe('opened')
    expect(decideNotice(alert(), quiet, NOON)).toEqual({ notice: null, againAtMs: at(90).getTime() })
    expect(decideNotice(alert(), quiet, at(90).getTime()).notice).toBe('opened')
  })
})

it('no reminder comes where none is wanted', () => {
  const none = { ...policy, reminders: { criticalMinutes: 0, otherMinutes: 0 } }
  expect(decideNotice(told('opened', -9999), none, NOON)).toEqual({ notice: null, againAtMs: null })
})

it('the end of an alert that flaps is told of later each time, up to half an hour', () => {
  expect([0, 1, 2, 5, 99].map((flaps) => settleMs(flaps) / MINUTE_MS)).toEqual([1, 2, 4, 30, 30])
})
