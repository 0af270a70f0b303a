import { ALERT_TYPES, type AlertType } from '@holdfast/core/operations/alert-document'
import { webhookEndpointPath } from '@holdfast/core/operations/webhook-endpoint-document'
import { raiseAlert, resolveAlert } from '@holdfast/core/operations/alerts'
import { healthPath } from '@holdfast/core/operations/health-document'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { runnerPath } from '@holdfast/core/operations/runner-document'
import { type Change, type Fields, SERVER_TIME } from '@holdfast/core/platform/ports'
import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reportedSession, runnerChange, sessionChange } from '../../support/fleet-documents.ts'
import { tellOfBackups } from '../../../functions/src/use-cases/backups/backup-alert.ts'
import { tellOfPurge } from '../../../functions/src/use-cases/purge/purge-alert.ts'
import type { StoredBackup } from '../../../functions/src/use-cases/backups/stored-backups.ts'
import { watchEndpoints } from '../../../functions/src/use-cases/webhooks/sweep-webhooks.ts'
import { AlertsUnderTest, onAll } from './alerts-under-test.ts'

/** Each type of alert by what causes it, through the sweep and the tasks to all four channels, and its end. */

let world: AlertsUnderTest

const MINUTE_MS = 60_000
const ago = (minutes: number) => new Date(world.now() - minutes * MINUTE_MS)

const gone = (path: string): Change => ({ kind: 'delete', path })
const made = (path: string, fields: Fields): Change => ({ kind: 'create', path, fields: { v: 1, ...fields } })

/** A runner that no test leaves without its word. */
const ALIVE = { deadAfterMs: 86_400_000 }

/** A session of the live runner `r1`, as its heartbeat shows it. */
const onRunner = (name: string, document: Fields, reported: Fields): Change[] => [
  sessionChange(`default.${name}`, { runnerId: `r-${name}`, ...document }),
  runnerChange(`r-${name}`, { [`default.${name}`]: reportedSession(reported) }, ALIVE),
]
const notOnRunner = (name: string): Change[] => [gone(sessionPath(`default.${name}`)), gone(runnerPath(`r-${name}`))]

const failed = (name: string, state: string, reason: string): Change[] => [
  sessionChange(`default.${name}`, { state, reason, sentence: 'It has failed.', userAction: 'Look at it.' }),
]
const noSession = (name: string): Change[] => [gone(sessionPath(`default.${name}`))]

const action = (name: string, fields: Fields): Change =>
  made(recoveryActionPath(`default.${name}-recover-000001`), {
    tenant: 'default',
    sessionId: `default.${name}`,
    type: 'recover',
    requestedBy: 'runner',
    why: 'The connection was lost.',
    requestedAt: ago(5),
    ...fields,
  })

const resources = (cpu: number, memory: number): Fields => ({
  resources: {
    cpu: { cpus: 1, percentage: cpu },
    memory: { rssBytes: 1, limitBytes: 1, percentage: memory },
    eventLoop: { p99Ms: 1, maxMs: 1 },
  },
})

const health = (fields: Fields): Change =>
  made(healthPath('fleet'), { scope: 'fleet', status: 'healthy', since: ago(10), measuredAt: SERVER_TIME, ...fields })

const failedBackup: StoredBackup = {
  id: '00000000000000000007-0000000001',
  object: 'sessions/default.saved/00000000000000000007-0000000001.ckpt',
  stored: null,
  document: {
    v: 1,
    tenant: 'default',
    sessionId: 'default.saved',
    object: 'sessions/default.saved/00000000000000000007-0000000001.ckpt',
    generation: '1',
    sha256: 'ab',
    bytes: 1,
    seq: 7,
    epoch: 1,
    at: new Date(0),
    why: 'requested',
    note: null,
    isPinned: false,
    contents: {},
    verification: { state: 'failed', at: new Date(0), code: 'checkpoint-corrupt' },
    removal: null,
  },
}

interface Case {
  readonly scope: string
  /** In the headline. */
  readonly about: string
  readonly begins: () => Change[]
  readonly ends: () => Change[]
  /** How long it has to last before people are told, in minutes. */
  readonly lasts?: number
  /** Where somebody else than the sweep raises or ends it. */
  readonly instead?: { begins?: () => Promise<unknown>; ends?: () => Promise<unknown> }
}

const CASES: Readonly<Record<AlertType, Case>> = {
  'crash-loop': {
    scope: 'container-1',
    about: 'container-1',
    begins: () => [],
    ends: () => [],
    instead: {
      begins: () =>
        raiseAlert(world.documents, {
          type: 'crash-loop',
          scope: 'container-1',
          severity: 'critical',
          sentence: 'Processes die young.',
          userAction: null,
        }),
      ends: () => resolveAlert(world.documents, 'crash-loop', 'container-1'),
    },
  },
  'runner-lost': {
    scope: 'r-dead',
    about: 'r-dead',
    begins: () => [runnerChange('r-dead', {}, { deadAfterMs: 1 }), sessionChange('default.left', { runnerId: 'r-dead' })],
    ends: () => [gone(runnerPath('r-dead')), ...noSession('left')],
  },
  'runners-missing': {
    scope: 'fleet',
    about: 'fleet',
    begins: () => [gone(runnerPath('r1')), sessionChange('default.waiting', { state: 'NEW' })],
    ends: () => [runnerChange('r1', {}, ALIVE), ...noSession('waiting')],
  },
  'cpu-high': {
    scope: 'r-cpu',
    about: 'r-cpu',
    begins: () => [runnerChange('r-cpu', {}, { ...ALIVE, ...resources(90, 10) })],
    ends: () => [gone(runnerPath('r-cpu'))],
    lasts: 3,
  },
  'memory-high': {
    scope: 'r-memory',
    about: 'r-memory',
    begins: () => [runnerChange('r-memory', {}, { ...ALIVE, ...resources(10, 90) })],
    ends: () => [gone(runnerPath('r-memory'))],
    lasts: 3,
  },
  outage: {
    scope: 'whatsapp',
    about: 'whatsapp',
    begins: () => [health({ outage: { verdict: 'whatsapp', since: ago(2), runners: [] } })],
    ends: () => [gone(healthPath('fleet'))],
  },
  'health-changed': {
    scope: 'fleet',
    about: 'fleet',
    begins: () => [health({ status: 'warning', problems: [{ code: 'x', sentence: 'Something is wrong.' }] })],
    ends: () => [gone(healthPath('fleet'))],
    lasts: 3,
  },
  'sweep-dead': {
    scope: 'fleet',
    about: 'fleet',
    begins: () => [],
    // The sweep itself ends it, because it runs.
    ends: () => [],
    instead: {
      begins: () =>
        raiseAlert(world.documents, {
          type: 'sweep-dead',
          scope: 'fleet',
          severity: 'critical',
          sentence: 'The sweep has not run.',
          userAction: null,
        }),
    },
  },
  disconnected: {
    scope: 'default.down',
    about: 'session down',
    begins: () =>
      onRunner('down', { state: 'BACKOFF', reason: 'connection-lost', downSince: ago(20), since: ago(20) }, { state: 'BACKOFF' }),
    ends: () => notOnRunner('down'),
  },
  'needs-attention': {
    scope: 'default.banned',
    about: 'session banned',
    begins: () => failed('banned', 'BANNED', 'account-banned'),
    ends: () => noSession('banned'),
  },
  'qr-needed': {
    scope: 'default.unlinked',
    about: 'session unlinked',
    begins: () => failed('unlinked', 'LOGGED_OUT', 'logged-out'),
    ends: () => noSession('unlinked'),
  },
  'recovery-failed': {
    scope: 'default.lost',
    about: 'session lost',
    begins: () => [
      ...onRunner('lost', { state: 'BACKOFF', reason: 'connection-lost', downSince: ago(2) }, { state: 'BACKOFF' }),
      action('lost', { state: 'failed', finishedAt: ago(1), result: { code: 'no', sentence: 'Nothing helped.' } }),
    ],
    ends: () => [...notOnRunner('lost'), gone(recoveryActionPath('default.lost-recover-000001'))],
  },
  'approval-needed': {
    scope: 'default.damaged',
    about: 'session damaged',
    begins: () => [action('damaged', { state: 'proposed', step: 'restore' })],
    ends: () => [gone(recoveryActionPath('default.damaged-recover-000001'))],
  },
  'foreign-connection': {
    scope: 'default.shared',
    about: 'session shared',
    begins: () => failed('shared', 'NEEDS_ATTENTION', 'foreign-connection'),
    ends: () => noSession('shared'),
  },
  'deaf-session': {
    scope: 'default.deaf',
    about: 'session deaf',
    begins: () => onRunner('deaf', {}, { deafSince: ago(5) }),
    ends: () => notOnRunner('deaf'),
  },
  'phone-absent': {
    scope: 'default.asleep',
    about: 'session asleep',
    begins: () => onRunner('asleep', {}, { phoneSeenAt: ago(11 * 24 * 60) }),
    ends: () => notOnRunner('asleep'),
  },
  quarantined: {
    scope: 'default.poison',
    about: 'session poison',
    begins: () => failed('poison', 'QUARANTINED', 'crashes-its-runner'),
    ends: () => noSession('poison'),
  },
  'record-level': {
    scope: 'default.full',
    about: 'session full',
    begins: () => onRunner('full', {}, { records: { counted: { session: 150, 'pre-key': 20 }, protected: 2000 } }),
    ends: () => notOnRunner('full'),
  },
  'dead-letter': {
    scope: 'default.r1-writer',
    about: 'session r1-writer',
    begins: () => [
      made('message_queue_jobs/dead', {
        tenant: 'default',
        sessionId: 'default.r1-writer',
        status: 'failed',
        failedAt: ago(1),
        createdAt: ago(9),
        lastError: { code: 'whatsapp-463', message: '' },
      }),
    ],
    ends: () => [gone('message_queue_jobs/dead')],
  },
  'backup-check-failed': {
    scope: 'default.saved',
    about: 'session saved',
    begins: () => [],
    ends: () => [],
    // Whoever reads backups back raises and ends it: see `api/backups.test.ts`.
    instead: {
      begins: () => tellOfBackups(world.dependencies, 'default.saved', [failedBackup]),
      ends: () => tellOfBackups(world.dependencies, 'default.saved', []),
    },
  },
  'purge-stuck': {
    scope: 'default.doomed',
    about: 'session doomed',
    begins: () => [],
    ends: () => [],
    // Whoever purges sessions raises and ends it: see `api/purge.test.ts`.
    instead: {
      begins: () => tellOfPurge(world.dependencies.documents, 'default.doomed', 'It failed.'),
      ends: async () => (await tellOfPurge(world.dependencies.documents, 'default.doomed', null), true),
    },
  },
  'webhook-failing': {
    scope: 'a1b2c3',
    about: 'a1b2c3',
    begins: () => [
      made(webhookEndpointPath('a1b2c3'), {
        tenant: 'default',
        sessionId: 'default.shop',
        host: 'receiver.example',
        failures: 7,
        failingSince: ago(10),
        lastFailureAt: ago(1),
        problem: { code: 'status-500', message: 'It answered with status 500.' },
        openUntil: null,
      }),
    ],
    ends: () => [gone(webhookEndpointPath('a1b2c3'))],
    instead: {
      begins: () => watchEndpoints(world.dependencies),
      ends: () => resolveAlert(world.documents, 'webhook-failing', 'a1b2c3'),
    },
  },
  'queue-depth': {
    scope: 'default',
    about: 'default',
    begins: () =>
      Array.from({ length: 101 }, (_, place) =>
        made(`message_queue_jobs/waits-${place}`, {
          tenant: 'default',
          sessionId: 'default.busy',
          status: 'pending',
          queuedAt: ago(1),
        }),
      ),
    ends: () => Array.from({ length: 101 }, (_, place) => gone(`message_queue_jobs/waits-${place}`)),
  },
}

beforeAll(async () => {
  world = await AlertsUnderTest.start()
  await world.write(runnerChange('r1', {}, ALIVE))
  world.silence.set('r-dead', 2 * MINUTE_MS)
})
afterAll(() => world?.[Symbol.asyncDispose]())

test.each(ALERT_TYPES)('%s reaches all channels once, and its end does', async (type) => {
  const { scope, about, begins, ends, lasts = 0, instead = {} } = CASES[type]
  world.receivers.clear()
  await world.write(...begins())
  await instead.begins?.()
  // Before a sweep of its own ends what is there because no sweep ran.
  if (type === 'sweep-dead') await world.tell()
  else await world.round()
  world.advance(lasts)
  if (type !== 'sweep-dead') await world.round()
  const first = await world.alert(type, scope)
  expect(first).toMatchObject({ state: 'open', notices: 1 })
  const { runbook, severity } = first!
  expect(runbook).not.toBeNull()
  const told = (word: string) => expect.stringMatching(new RegExp(`^${word} .+: ${about}$`))
  const opened = told(severity.toUpperCase())
  expect(headlinesAbout(about, severity)).toEqual(onAll(opened))
  await world.write(...ends())
  await instead.ends?.()
  await world.round()
  world.advance(11)
  await world.round()
  await world.round()
  expect(await world.alert(type, scope)).toMatchObject({ state: 'resolved', notices: 2, opening: 1 })
  expect(headlinesAbout(about, severity)).toEqual(onAll(opened, told('RESOLVED')))
})

/** Only what is about this alert: a lost connection of one kind may show as another alert as well. */
const headlinesAbout = (about: string, severity: string) => {
  const all = world.headlines()
  const ofThis = (headlines: readonly string[]) =>
    headlines.filter(
      (line) => line.endsWith(`: ${about}`) && (line.startsWith(severity.toUpperCase()) || line.startsWith('RESOLVED')),
    )
  return Object.fromEntries(Object.entries(all).map(([name, headlines]) => [name, ofThis(headlines)]))
}
