import { describe, expect, it } from 'vitest'
import { programFor } from '../program.ts'
import { recommend } from './recommendations.ts'
import type { SessionSeen, Snapshot, TenantSeen } from './snapshot.ts'

const NOW = Date.parse('2026-12-01T12:00:00Z')

const session = (given: Partial<SessionSeen> = {}): SessionSeen => ({
  name: 'main',
  status: 'WORKING',
  state: 'CONNECTED',
  reason: 'logged-in',
  sentence: 'Connected to WhatsApp.',
  userAction: null,
  since: '2026-12-01T11:00:00Z',
  account: '5511999990000@c.us',
  records: { count: 100, level: 'healthy', cleanUpFrom: 175, mustRotate: false },
  backups: { number: 3, newestAt: '2026-12-01T11:00:00Z' },
  ...given,
})

const QUEUE = { waiting: 0, held: 0, scheduled: 0, retrying: 0, active: 0, sent: 5, failed: 0, canceled: 0, oldest: null }

const tenant = (given: Partial<TenantSeen> = {}): TenantSeen => ({
  tenant: 'default',
  sessions: [session()],
  queue: QUEUE,
  proposed: [],
  ...given,
})

const snapshot = (tenants: readonly TenantSeen[], given: Partial<Snapshot> = {}): Snapshot => ({
  health: { status: 'healthy', problems: [], version: '0.1.0', availability: 100, runners: [] } as unknown as Snapshot['health'],
  fleet: null,
  tenants,
  alerts: [],
  mustNameTenant: true,
  notLookedAt: 0,
  ...given,
})

const commands = (tenants: readonly TenantSeen[], given?: Partial<Snapshot>) =>
  recommend(snapshot(tenants, given), NOW).map(({ command }) => command)

const failed = (reason: SessionSeen['reason']) => session({ status: 'FAILED', state: 'NEEDS_ATTENTION', reason })

it('an installation that works needs nobody', () => {
  expect(commands([tenant()])).toEqual([])
  expect(
    commands([tenant({ sessions: [session({ status: 'STOPPED', account: null, backups: { number: 0, newestAt: null } })] })]),
  ).toEqual([])
})

describe('a session', () => {
  it.each([
    ['waits for a scan', session({ status: 'SCAN_QR_CODE', reason: 'scan-qr' }), ['holdfast pair main']],
    ['was logged out', failed('logged-out'), ['holdfast pair main']],
    ['was never scanned', failed('qr-not-scanned'), ['holdfast pair main']],
    ['is damaged', failed('journal-gap'), ['holdfast restore main --dry-run']],
    ['lacks its store', failed('store-missing'), ['holdfast doctor']],
    ['waits for a later version', session({ reason: 'archive-of-later-version' }), ['holdfast doctor']],
    ['is used by another program', failed('foreign-connection'), ['holdfast sessions start main']],
    ['crashes its runner', failed('crashes-its-runner'), ['holdfast sessions restart main']],
    ['was exported', failed('exported'), ['holdfast sessions start main --confirm-exported']],
    ['starts', session({ status: 'STARTING', since: '2026-12-01T11:58:00Z' }), []],
    ['starts for long', session({ status: 'STARTING' }), ['holdfast recover main --dry-run']],
    [
      'has many records',
      session({ records: { count: 300, level: 'cleanup', cleanUpFrom: 175, mustRotate: false } }),
      ['holdfast cleanup main --dry-run'],
    ],
    [
      'has too many of them',
      session({ records: { count: 9000, level: 'fatal', cleanUpFrom: 175, mustRotate: true } }),
      ['holdfast rotate main'],
    ],
    ['has no backup', session({ backups: { number: 0, newestAt: null } }), ['holdfast backup main']],
    ['has an old backup', session({ backups: { number: 1, newestAt: '2026-11-20T00:00:00Z' } }), ['holdfast backup main']],
  ])('that %s', (_, seen, expected) => {
    expect(commands([tenant({ sessions: [seen] })])).toEqual(expected)
  })
})

it('what stops messages comes before what can wait, and each command names its tenant', () => {
  const acme = tenant({
    tenant: 'acme',
    sessions: [session({ backups: { number: 0, newestAt: null } }), { ...failed('logged-out'), name: 'shop' }],
    queue: { ...QUEUE, failed: 2, oldest: { ageMs: 3_600_000, queuedAt: '2026-12-01T11:00:00Z' } },
    proposed: [{ id: 'a-1', session: 'shop', why: 'It is deaf.' }],
  })
  const alert = { state: 'open', severity: 'critical', sentence: 'x' } as Snapshot['alerts'][number]
  const problems = [{ code: 'no-runner', sentence: 'No runner is there.' }]
  const health = { status: 'critical', problems } as unknown as Snapshot['health']
  expect(commands([acme], { health, alerts: [alert] })).toEqual([
    'holdfast doctor',
    'holdfast recoveries approve a-1 --tenant acme',
    'holdfast pair shop --tenant acme',
    'holdfast failed list --tenant acme',
    'holdfast queue list --status pending --tenant acme',
    'holdfast backup main --tenant acme',
    'holdfast alerts',
  ])
})

it('a command names no tenant where the key has only one', () => {
  const acme = tenant({ tenant: 'acme', queue: { ...QUEUE, failed: 1 } })
  expect(commands([acme], { mustNameTenant: false })).toEqual(['holdfast failed list'])
})

it('every command that it can name exists', () => {
  const known = programFor({} as never, () => {}).commands
  const words = REASONS.flatMap((reason) => commands([tenant({ sessions: [failed(reason)] })]))
  expect(words).toHaveLength(REASONS.length)
  for (const command of words) {
    const [program, first, second] = command.split(' ')
    const found = known.find((each) => each.name() === first)
    expect([program, found?.name()]).toEqual(['holdfast', first])
    if (found && found.commands.length > 0) expect(found.commands.map((each) => each.name())).toContain(second)
  }
})

const REASONS: SessionSeen['reason'][] = [
  'journal-gap',
  'no-room',
  'logged-out',
  'data-key-destroyed',
  'crashes-its-runner',
  'exported',
  'account-banned',
]
