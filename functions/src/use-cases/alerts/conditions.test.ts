import { type AlertDocument, alertDocumentSchema, alertIdOf, type AlertType } from '@holdfast/core/operations/alert-document'
import type { HealthDocument } from '@holdfast/core/operations/health-document'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { describe, expect, it } from 'vitest'
import type { FleetFacts } from '../fleet-facts.ts'
import type { SessionFact } from '../fleet/session-facts.ts'
import { wantedAlerts } from './conditions.ts'
import { sessionAlert } from './session-conditions.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

const session = (sessionId: string, fields: object = {}): SessionFact =>
  ({
    sessionId,
    tenant: sessionId.split('.')[0] ?? '',
    document: {},
    isWanted: true,
    owner: 'alive',
    runnerId: 'r1',
    reported: null,
    status: 'STARTING',
    reason: 'connection-lost',
    sentence: 'Connecting again.',
    userAction: null,
    downForMs: 20 * MINUTE_MS,
    ...fields,
  }) as unknown as SessionFact

const NO_COUNTS = { total: 0, wanted: 0, wantedFailed: 0, wantedPairing: 0, failed: 0 }

const facts = (fields: Partial<FleetFacts>): FleetFacts => ({
  nowMs: NOW,
  runners: [],
  damagedRunners: [],
  sessions: [],
  counts: NO_COUNTS,
  actions: [],
  failedRecoveries: [],
  alerts: [],
  queue: { waiting: 0, active: 0, failed: 0 },
  waitingOf: new Map(),
  failedJobs: [],
  cut: [],
  ...fields,
})

const open = (type: AlertType, scope: string, lastSeenAt = new Date(NOW)) => {
  const seen = { v: 1, type, scope, severity: 'warning', state: 'open', firstSeenAt: lastSeenAt, lastSeenAt, count: 1 }
  const content = alertDocumentSchema.parse({ ...seen, sentence: 'It happened.', userAction: null }) satisfies AlertDocument
  return { snapshot: { id: alertIdOf(type, scope) } as DocumentSnapshot, content }
}

interface Around {
  readonly outage?: HealthDocument['outage']
  readonly withChannels?: readonly string[]
  readonly queueDepths?: Readonly<Record<string, number>>
  readonly status?: HealthDocument['status']
}

const decided = (
  given: Partial<FleetFacts>,
  { outage = null, withChannels = [], queueDepths = {}, status = 'healthy' }: Around = {},
) => {
  const decision = wantedAlerts({
    facts: facts(given),
    health: { status, problems: [], outage },
    thresholds: { cpu: 70, memory: 75 },
    settingsOf: (tenant) => ({
      silenceMinutes: 15,
      queueDepth: queueDepths[tenant] ?? 100,
      recordLevels: { scale: 'present', from: tenant === 'strict' ? { warning: 10 } : {} },
      hasChannels: withChannels.includes(tenant),
    }),
  })
  const fates = (given.alerts ?? []).map(({ snapshot, content }) => [snapshot.id, decision.fateOf(snapshot.id, content)])
  return {
    ids: decision.wanted.map(({ type, scope }) => alertIdOf(type, scope)),
    wanted: decision.wanted,
    fates: Object.fromEntries(fates) as Record<string, unknown>,
  }
}

const many = (number: number, fields: object = {}, tenant = 'default') =>
  Array.from({ length: number }, (_, place) => session(`${tenant}.s${place}`, fields))

const outage = (verdict: 'whatsapp' | 'runner', runners: string[] = [], forMs = 2 * MINUTE_MS) => ({
  verdict,
  since: new Date(NOW - forMs),
  runners,
})

/** The live runner `r1` with so many sessions, of which some are down. */
const oneRunner = (down: number, all: number): FleetFacts['runners'] => {
  const sessions = Array.from({ length: all }, (_, place) => [
    `default.s${place}`,
    { state: 'BACKOFF', downSince: place < down ? new Date(NOW - 2 * MINUTE_MS) : null },
  ])
  const document = { deadAfterMs: 1, sessions: Object.fromEntries(sessions) as object }
  return [{ id: 'r1', isDead: false, silentForMs: 0, document }] as never
}

describe('a session asks for', () => {
  const limits = { nowMs: NOW, silenceMinutes: 15 }
  const at = (ago: number) => new Date(NOW - ago)

  it.each<[string, object, string | null]>([
    ['nothing while it is down for less than the limit', { downForMs: 15 * MINUTE_MS }, null],
    ['disconnected beyond the limit', { downForMs: 16 * MINUTE_MS }, 'disconnected warning'],
    ['a critical one after four times the limit', { downForMs: 61 * MINUTE_MS }, 'disconnected critical'],
    ['nothing when nobody wants it online', { isWanted: false }, null],
    [
      'attention when its document is damaged, wanted or not',
      { isWanted: false, document: null, status: 'FAILED', reason: 'document-invalid' },
      'needs-attention critical',
    ],
    ['a phone when it was unlinked', { status: 'FAILED', reason: 'logged-out' }, 'qr-needed critical'],
    ['nothing when it was unlinked on request', { status: 'FAILED', reason: 'logged-out-on-request' }, null],
    ['nothing while it tries once more', { status: 'FAILED', reason: 'replaced-waiting' }, null],
    ['a look for the other program', { status: 'FAILED', reason: 'foreign-connection' }, 'foreign-connection critical'],
    ['a look at its crashes', { status: 'FAILED', reason: 'awaiting-trial' }, 'quarantined critical'],
    ['attention when it is banned', { status: 'FAILED', reason: 'account-banned' }, 'needs-attention critical'],
    ['nothing while somebody is pairing it', { status: 'SCAN_QR_CODE', downForMs: MINUTE_MS }, null],
    ['a phone when nobody scans', { status: 'SCAN_QR_CODE', downForMs: 6 * MINUTE_MS }, 'qr-needed warning'],
    [
      'attention when a message waits for an archive of a later version, also where that makes it look deaf',
      { status: 'WORKING', reason: 'archive-of-later-version', reported: { deafSince: at(3 * MINUTE_MS) } },
      'needs-attention critical',
    ],
    ['nothing when it was deaf for a moment', { status: 'WORKING', reported: { deafSince: at(MINUTE_MS) } }, null],
    ['an ear', { status: 'WORKING', reported: { deafSince: at(3 * MINUTE_MS) } }, 'deaf-session critical'],
    ['nothing while its phone slept for 9 days', { status: 'WORKING', reported: { phoneSeenAt: at(9 * DAY_MS) } }, null],
    ['its phone after 10 days', { status: 'WORKING', reported: { phoneSeenAt: at(10 * DAY_MS) } }, 'phone-absent warning'],
    ['its phone after 12 days', { status: 'WORKING', reported: { phoneSeenAt: at(12 * DAY_MS) } }, 'phone-absent critical'],
  ])('%s', (_, fields, expected) => {
    const alert = sessionAlert(session('default.main', fields), limits)
    expect(alert && `${alert.type} ${alert.severity}`).toBe(expected)
  })
})

describe('ten sessions', () => {
  it('of one runner with the same trouble are one alert that names the number', () => {
    expect(decided({ sessions: many(9) }).ids).toHaveLength(9)
    const { wanted } = decided({ sessions: many(10) })
    expect(wanted).toMatchObject([{ type: 'disconnected', scope: 'runner~r1', tenant: null }])
    expect(wanted[0]?.sentence).toContain('10 sessions of one runner')
    expect(wanted[0]?.members).toHaveLength(10)
  })

  it('of several runners are one alert, too', () => {
    const sessions = many(10).map((one, place) => ({ ...one, runnerId: `r${place}` }))
    expect(decided({ sessions }).ids).toEqual(['disconnected:many'])
  })

  it('of a tenant with channels of its own are told to that tenant, and others to the installation', () => {
    const sessions = [...many(10, {}, 'acme'), ...many(4, {}, 'beta'), ...many(6, {}, 'gamma')]
    const { wanted } = decided({ sessions }, { withChannels: ['acme'] })
    expect(wanted.map(({ scope, tenant }) => [scope, tenant])).toEqual([
      ['runner~r1~acme', 'acme'],
      ['runner~r1', null],
    ])
  })

  it('stay one alert until fewer than three remain', () => {
    const alerts = [open('disconnected', 'runner~r1')]
    expect(decided({ sessions: many(3), alerts }).ids).toEqual(['disconnected:runner~r1'])
    const { ids, fates } = decided({ sessions: many(2), alerts })
    expect(ids).toEqual(['disconnected:default.s0', 'disconnected:default.s1'])
    expect(fates).toEqual({ 'disconnected:runner~r1': { kind: 'over' } })
  })

  it('take over the alerts that some of them had, without a word', () => {
    const { fates } = decided({ sessions: many(10), alerts: [open('disconnected', 'default.s1')] })
    expect(fates).toEqual({ 'disconnected:default.s1': { kind: 'covered', by: 'disconnected:runner~r1' } })
  })
})

describe('an outage', () => {
  it('is one alert, and none for the sessions that it explains', () => {
    const { ids } = decided({ sessions: many(40) }, { outage: outage('whatsapp') })
    expect(ids).toEqual(['outage:whatsapp'])
  })

  it('hides nothing else that is wrong with a session', () => {
    const sessions = [session('default.banned', { status: 'FAILED', reason: 'account-banned' }), ...many(3)]
    expect(decided({ sessions }, { outage: outage('whatsapp') }).ids).toEqual([
      'needs-attention:default.banned',
      'outage:whatsapp',
    ])
  })

  it('of one runner hides the sessions of that one alone', () => {
    const sessions = [session('default.here', { runnerId: 'r1' }), session('default.there', { runnerId: 'r2' })]
    expect(decided({ sessions }, { outage: outage('runner', ['r1']) }).ids).toEqual([
      'disconnected:default.there',
      'outage:runner.r1',
    ])
  })

  it('takes over alerts of sessions that were open before', () => {
    const { fates } = decided({ sessions: many(1), alerts: [open('disconnected', 'default.s0')] }, { outage: outage('whatsapp') })
    expect(fates).toEqual({ 'disconnected:default.s0': { kind: 'covered', by: 'outage:whatsapp' } })
  })

  it('is not over before its sessions are back, and at the latest after ten minutes', () => {
    const alerts = [open('outage', 'whatsapp', new Date(NOW - 9 * MINUTE_MS))]
    const returning = decided({ sessions: many(5), alerts })
    expect([returning.ids, returning.fates]).toEqual([[], { 'outage:whatsapp': { kind: 'kept' } }])
    expect(decided({ alerts }).fates).toEqual({ 'outage:whatsapp': { kind: 'over' } })
    const late = decided({ sessions: many(5), alerts: [open('outage', 'whatsapp', new Date(NOW - 11 * MINUTE_MS))] })
    expect([late.ids.length, late.fates]).toEqual([5, { 'outage:whatsapp': { kind: 'over' } }])
  })

  it('is not over while sessions that it took down are not back, even if none is down for long enough to be told of', () => {
    const alerts = [open('outage', 'whatsapp', new Date(NOW - 2 * MINUTE_MS))]
    const down = (minutes: number) => [session('default.main', { downForMs: minutes * MINUTE_MS })]
    expect(decided({ sessions: down(4), alerts }).fates).toEqual({ 'outage:whatsapp': { kind: 'kept' } })
    // This one went down after it, for a reason of its own.
    expect(decided({ sessions: down(1), alerts }).fates).toEqual({ 'outage:whatsapp': { kind: 'over' } })
  })

  it('of one runner is told of when its verdict is a minute old, and its sessions are not told of before', () => {
    const sessions = [session('default.here', { runnerId: 'r1' }), session('default.there', { runnerId: 'r2' })]
    const early = outage('runner', ['r1'], MINUTE_MS / 2)
    const alerts = [open('disconnected', 'default.here')]
    const { ids, fates } = decided({ sessions, alerts }, { outage: early })
    expect([ids, fates]).toEqual([['disconnected:default.there'], { 'disconnected:default.here': { kind: 'kept' } }])
    // One that is open goes on.
    expect(decided({ alerts: [open('outage', 'runner.r1')] }, { outage: early }).ids).toEqual(['outage:runner.r1'])
  })

  it('of all runners is not followed by one of the last runner whose sessions are away', () => {
    const alerts = [open('outage', 'whatsapp', new Date(NOW - MINUTE_MS))]
    const { ids, fates } = decided({ runners: oneRunner(12, 20), sessions: many(12), alerts })
    expect([ids, fates]).toEqual([[], { 'outage:whatsapp': { kind: 'kept' } }])
  })

  it('is seen without a verdict when most sessions of a runner are down at once', () => {
    expect(decided({ runners: oneRunner(12, 20) }).ids).toEqual(['outage:runner.r1'])
    expect(decided({ runners: oneRunner(9, 9) }).ids).toEqual([])
    expect(decided({ runners: oneRunner(12, 40) }).ids).toEqual([])
  })
})

describe('an alert that is open and not asked for', () => {
  it('stays when the list that could ask for it was cut', () => {
    const alerts = [open('disconnected', 'default.main'), open('dead-letter', 'default.main'), open('cpu-high', 'r1')]
    expect(decided({ alerts, cut: ['sessions unowned', 'failed jobs'] }).fates).toEqual({
      'disconnected:default.main': { kind: 'kept' },
      'dead-letter:default.main': { kind: 'kept' },
      'cpu-high:r1': { kind: 'over' },
    })
    const others = [open('recovery-failed', 'default.main'), open('queue-depth', 'acme')]
    expect(decided({ alerts: others, cut: ['failed actions', 'queues'] }).fates).toEqual({
      'recovery-failed:default.main': { kind: 'kept' },
      'queue-depth:acme': { kind: 'kept' },
    })
  })

  it('stays when runners decide about it', () => {
    expect(decided({ alerts: [open('crash-loop', 'slot-1')] }).fates).toEqual({ 'crash-loop:slot-1': { kind: 'kept' } })
  })
})

it('no runner is one alert, and none for each session', () => {
  expect(decided({ sessions: many(20), counts: { ...NO_COUNTS, wanted: 20 } }).ids).toEqual(['runners-missing:fleet'])
})

it('a queue is judged by the limit of its tenant', () => {
  const waitingOf = new Map([
    ['default', 100],
    ['modest', 6],
  ])
  expect(decided({ waitingOf }).ids).toEqual([])
  expect(decided({ waitingOf }, { queueDepths: { modest: 5 } }).ids).toEqual(['queue-depth:modest'])
})

describe('a runner that died', () => {
  const dead = (id: string, silentForMs: number, deadAfterMs = 15_000) =>
    ({ id, isDead: true, silentForMs, document: { deadAfterMs, sessions: {} } }) as unknown as FleetFacts['runners'][number]
  const left = [session('default.main', { runnerId: 'r1', owner: 'dead', downForMs: MINUTE_MS })]

  it('is told of when sessions of it have had no owner for a minute', () => {
    expect(decided({ runners: [dead('r1', 74_000)], sessions: left }).ids).toEqual([])
    expect(decided({ runners: [dead('r1', 76_000)], sessions: left }).ids).toEqual(['runner-lost:r1'])
  })

  it('is told of no more when others have its sessions, and not at all if that took seconds', () => {
    const alerts = [open('runner-lost', 'r1')]
    const elsewhere = [session('default.main', { runnerId: 'r2', downForMs: MINUTE_MS })]
    const { ids, fates } = decided({ runners: [dead('r1', 90_000)], sessions: elsewhere, alerts })
    expect([ids, fates]).toEqual([[], { 'runner-lost:r1': { kind: 'over' } }])
  })

  it('is not told of when it left in order', () => {
    expect(decided({ runners: [dead('r1', 90_000, 0)], sessions: left }).ids).toEqual([])
  })
})

describe('the number of Signal records', () => {
  const runnerWith = (sessions: Record<string, number | null>, isDead = false): FleetFacts['runners'] =>
    [
      {
        id: 'r1',
        isDead,
        silentForMs: 0,
        document: {
          deadAfterMs: 12_000,
          sessions: Object.fromEntries(
            Object.entries(sessions).map(([id, session]) => [
              id,
              { state: 'CONNECTED', ...(session === null ? {} : { records: { counted: { session }, protected: 9000 } }) },
            ]),
          ),
        },
      },
    ] as unknown as FleetFacts['runners']

  it('is told of by level, by the numbers of the tenant', () => {
    const { wanted } = decided({
      runners: runnerWith({
        'default.few': 149,
        'default.many': 150,
        'default.most': 180,
        'strict.some': 10,
        'default.unknown': null,
      }),
    })
    expect(wanted.map(({ scope, severity }) => [scope, severity])).toEqual([
      ['default.many', 'warning'],
      ['default.most', 'critical'],
      ['strict.some', 'warning'],
    ])
  })

  it('is over when it has fallen, and is not when nobody counts', () => {
    const alerts = [open('record-level', 'default.one')]
    const fallen = decided({ alerts, runners: runnerWith({ 'default.one': 3 }) })
    expect(fallen.fates).toEqual({ 'record-level:default.one': { kind: 'over' } })
    const lost = decided({ alerts, runners: runnerWith({ 'default.one': 3 }, true), sessions: [session('default.one')] })
    expect(lost.fates).toEqual({ 'record-level:default.one': { kind: 'kept' } })
  })
})

describe('while the wrapping key cannot be used', () => {
  const away = { status: 'FAILED', reason: 'wrapping-key-unavailable' }
  const problem = { code: 'wrapping-key-unavailable', sentence: 'A version of K is disabled or destroyed.', advice: 'Enable it.' }
  const told = [
    { id: 'r2', isDead: false, silentForMs: 0, document: { deadAfterMs: 1, sessions: {}, store: { problems: [problem] } } },
  ]
  const alert = alertIdOf('outage', 'wrapping-key')

  it('there is one alert for all sessions that wait for it, and those of single sessions are covered by it', () => {
    const alerts = [open('needs-attention', 'default.s0'), open('outage', 'wrapping-key')]
    const { ids, wanted, fates } = decided({ sessions: many(12, away), alerts })
    expect(ids).toEqual([alert])
    expect(wanted[0]).toMatchObject({ tenant: null, session: null, severity: 'critical' })
    expect(fates[alertIdOf('needs-attention', 'default.s0')]).toEqual({ kind: 'covered', by: alert })
  })

  it('it stands for sessions that no runner can take, says what the runner says, and hides nothing else', () => {
    const waiting = session('default.waiting', { owner: 'none', runnerId: null })
    const lost = session('default.lost')
    const banned = session('default.banned', { status: 'FAILED', reason: 'account-banned' })
    const { ids, wanted } = decided({
      runners: told as never,
      sessions: [waiting, lost, banned],
      alerts: [open('outage', 'wrapping-key')],
    })
    const others = [alertIdOf('disconnected', 'default.lost'), alertIdOf('needs-attention', 'default.banned')]
    expect(ids.toSorted()).toEqual([alert, ...others].toSorted())
    const { sentence, userAction } = wanted.find(({ scope }) => scope === 'wrapping-key')!
    expect([sentence, userAction]).toEqual([expect.stringContaining(problem.sentence), expect.stringContaining('Enable it.')])
  })

  it('the key of one tenant is the alert of that tenant, and of two the alert of the fleet', () => {
    const [acme, other] = [many(12, away, 'acme'), many(1, away, 'other')]
    expect(decided({ sessions: acme }).wanted).toMatchObject([{ type: 'outage', scope: 'wrapping-key.acme', tenant: 'acme' }])
    const ofBoth = decided({ sessions: [...acme, ...other], alerts: [open('outage', 'wrapping-key.acme')] })
    expect(ofBoth.wanted).toMatchObject([{ scope: 'wrapping-key', tenant: null }])
    // The tenant is not told that it is over.
    expect(ofBoth.fates[alertIdOf('outage', 'wrapping-key.acme')]).toEqual({ kind: 'covered', by: alert })
  })

  it('that of a tenant hides no outage of a runner, and no change of health', () => {
    const alerts = [open('outage', 'wrapping-key.acme')]
    const waiting = many(1, away, 'acme')
    const { ids } = decided({ sessions: waiting, alerts, runners: oneRunner(12, 20) })
    expect(ids.toSorted()).toEqual(['outage:runner.r1', 'outage:wrapping-key.acme'])
    const ofHealth = (sessions: FleetFacts['sessions']) =>
      decided({ sessions, alerts }, { status: 'degraded' }).ids.filter((id) => id.startsWith('health-changed'))
    expect([ofHealth(waiting), ofHealth(many(1, away))]).toMatchObject([[expect.any(String)], []])
  })

  it('it ends with the outage, and a stopped session asks for nothing', () => {
    const { ids, fates } = decided({
      sessions: [session('default.off', { ...away, isWanted: false })],
      alerts: [open('outage', 'wrapping-key')],
    })
    expect([ids, fates[alert]]).toEqual([[], { kind: 'over' }])
  })
})
