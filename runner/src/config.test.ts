import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { describe, expect, test } from 'vitest'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { DEFAULT_RECONNECT_POLICY } from '@holdfast/core/session/disconnect-policy'
import { VERSION } from '@holdfast/core/platform/version'
import { notesOf } from '@holdfast/core/platform/settings'
import { readRunnerConfig } from './config.ts'
import { runnerSettings } from './settings.ts'
import { DEFAULT_SEND_POLICY } from './session/outbox/send-policy.ts'

const good = {
  GOOGLE_CLOUD_PROJECT: 'project',
  STORAGE_BUCKET: 'bucket',
  SESSION_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
}

const complaint = (environment: Record<string, string | undefined>): string => {
  try {
    readRunnerConfig(environment)
  } catch (error) {
    if (isHoldfastError(error, 'bad-configuration')) return error.message
    throw error
  }
  return 'nothing'
}

describe('a runner with a complete environment', () => {
  test('starts with the documented defaults', () => {
    expect(readRunnerConfig(good)).toMatchObject({
      projectId: 'project',
      storage: { type: 'hybrid', bucket: 'bucket' },
      maxConnections: 50,
      sending: DEFAULT_SEND_POLICY,
      checkpoints: { everyRecords: 256, everyMs: 60 * 60_000 },
      heartbeat: { intervalMs: 4000, deadAfterMs: 12_000 },
      resources: { intervalMs: 30_000, memoryEveryMs: 4000 },
      memoryLimitBytes: null,
      memory: { abovePercentage: 90, looks: 3 },
      restarts: { uptimeMs: 10_000, memoryUptimeMs: 600_000, alertAfter: 10, longestPauseMs: 60_000 },
      probePort: null,
      signatureCheck: 'enforce',
      instanceId: null,
      version: VERSION,
      revision: '',
      oldRevisionWaitMs: 2000,
      logLevel: 'info',
      maxPairings: 2,
      client: { version: null, qrLifeMs: null },
      reconnect: DEFAULT_RECONNECT_POLICY,
      tenantDefaults: DEFAULT_TENANT_SETTINGS,
    })
  })

  test('takes its revision from Cloud Run, in a worker pool or in a service, and its build from the deployment', () => {
    expect(readRunnerConfig({ ...good, CLOUD_RUN_REVISION: 'r2', HOLDFAST_RELEASE: 'f00d' })).toMatchObject({
      revision: 'r2',
      version: `${VERSION}+f00d`,
    })
    expect(readRunnerConfig({ ...good, K_REVISION: 'r3' }).revision).toBe('r3')
  })

  test('takes its reconnect schedule from the environment', () => {
    const given = {
      RECONNECT_NETWORK_FIRST_MS: '200',
      RECONNECT_NETWORK_LIMIT_MS: '5000',
      RECONNECT_WHATSAPP_DELAYS_MS: '1000, 2000',
      MAX_RECONNECTION_ATTEMPTS: '3',
      REPLACED_DELAY_MIN_MS: '1000',
      REPLACED_DELAY_MAX_MS: '2000',
      CLIENT_OUTDATED_DELAY_MS: '60000',
      MAX_PAIRING_ROUNDS: '2',
    }
    expect(readRunnerConfig({ ...good, ...given }).reconnect).toEqual({
      network: { firstMs: 200, limitMs: 5000 },
      whatsappDelaysMs: [1000, 2000],
      maxAttempts: 3,
      replacedDelayMs: { min: 1000, max: 2000 },
      outdatedDelayMs: 60_000,
      pairingRounds: 2,
    })
  })

  test('takes the version of WhatsApp Web from the environment', () => {
    const given = { WHATSAPP_WEB_VERSION: '2.3000.1234567890', QR_LIFETIME_MS: '500' }
    expect(readRunnerConfig({ ...good, ...given }).client).toMatchObject({ version: [2, 3000, 1_234_567_890], qrLifeMs: 500 })
  })

  test('needs no bucket when it keeps sessions in a directory', () => {
    const { STORAGE_BUCKET: _, ...rest } = good
    const given = { ...rest, SESSION_STORAGE_TYPE: 'local', SESSION_STORAGE_PATH: '/data/sessions' }
    expect(readRunnerConfig(given)).toMatchObject({ storage: { type: 'local', path: '/data/sessions' } })
  })

  test('takes its other settings from the environment', () => {
    const given = {
      MAX_CONNECTIONS: '3',
      SESSION_BACKUP_INTERVAL: '60000',
      HEALTH_CHECK_INTERVAL: '30000',
      SIGNATURE_CHECK: 'log',
      MAX_RETRY_ATTEMPTS: '0',
      MEMORY_LIMIT_MB: '512',
    }
    expect(readRunnerConfig({ ...good, ...given })).toMatchObject({
      maxConnections: 3,
      checkpoints: { everyMs: 60_000 },
      resources: { intervalMs: 30_000 },
      signatureCheck: 'log',
      sending: { maxRetries: 0 },
      memoryLimitBytes: 512 * 1024 * 1024,
    })
  })
})

describe('a runner with a wrong environment', () => {
  test('names every wrong variable at once', () => {
    const message = complaint({ MAX_CONNECTIONS: 'many', SIGNATURE_CHECK: 'perhaps', SESSION_BACKUP_INTERVAL: '0.5' })
    for (const name of [
      'GOOGLE_CLOUD_PROJECT',
      'STORAGE_BUCKET',
      'SESSION_ENCRYPTION_KEY',
      'MAX_CONNECTIONS',
      'SIGNATURE_CHECK',
      'SESSION_BACKUP_INTERVAL',
    ]) {
      expect(message).toContain(name)
    }
  })

  test('never prints a secret', () => {
    const secret = 'c2VjcmV0IGJ1dCB0b28gc2hvcnQ='
    const message = complaint({ ...good, STORAGE_BUCKET: '', SESSION_ENCRYPTION_KEY: secret })
    expect(message).toContain('SESSION_ENCRYPTION_KEY')
    expect(message).not.toContain(secret)
    expect(message).not.toContain(Buffer.from(secret, 'base64').toString())
  })

  test('refuses times at which one lost heartbeat would lose its sessions', () => {
    expect(complaint({ ...good, HEARTBEAT_INTERVAL_MS: '5000' })).toContain('RUNNER_DEAD_AFTER_MS')
    expect(complaint({ ...good, HEARTBEAT_INTERVAL_MS: '5000', RUNNER_DEAD_AFTER_MS: '15000' })).toBe('nothing')
  })

  test.each([
    ['RECONNECT_NETWORK_LIMIT_MS', { RECONNECT_NETWORK_FIRST_MS: '2000', RECONNECT_NETWORK_LIMIT_MS: '1000' }],
    ['RECONNECT_NETWORK_FIRST_MS', { RECONNECT_NETWORK_FIRST_MS: '70000' }],
    ['REPLACED_DELAY_MAX_MS', { REPLACED_DELAY_MAX_MS: '19999' }],
    ['RECONNECT_WHATSAPP_DELAYS_MS', { RECONNECT_WHATSAPP_DELAYS_MS: '1000,,2000' }],
    ['RECONNECT_WHATSAPP_DELAYS_MS', { RECONNECT_WHATSAPP_DELAYS_MS: '1000,-1' }],
    ['RECONNECT_WHATSAPP_DELAYS_MS', { RECONNECT_WHATSAPP_DELAYS_MS: '1e99' }],
    ['SEND_RETRY_DELAYS_MS', { SEND_RETRY_DELAYS_MS: '0,-1' }],
    ['MAX_RECONNECTION_ATTEMPTS', { MAX_RECONNECTION_ATTEMPTS: '-1' }],
    ['MAX_PAIRINGS', { MAX_PAIRINGS: '0' }],
    ['MIN_DELAY_MS', { MIN_DELAY_MS: '50000' }],
    ['MAX_DELAY_MS', { MAX_DELAY_MS: '50' }],
    ['MAX_DELAY_MS', { MIN_DELAY_MS: '2000', MAX_DELAY_MS: '1000' }],
    ['PACING', { PACING: 'yes' }],
    ['TIME_ZONE', { TIME_ZONE: 'Mars/Olympus' }],
    ['YOUNG_SESSION_LIMITS', { YOUNG_SESSION_LIMITS: '0' }],
    ['WHATSAPP_WEB_VERSION', { WHATSAPP_WEB_VERSION: '2.3000' }],
    ['WHATSAPP_WEB_VERSION', { WHATSAPP_WEB_VERSION: '2.3000.1234567-alpha' }],
  ])('explains what is wrong with %s', (name, environment) => {
    expect(complaint({ ...good, ...environment })).toContain(`${name}: must`)
  })

  test.each([
    [{ MIN_DELAY_MS: '60000' }, 'MIN_DELAY_MS (60000) is above MAX_DELAY_MS (40000, the default)'],
    [{ MIN_DELAY_MS: '2000', MAX_DELAY_MS: '1000' }, 'MIN_DELAY_MS (2000) is above MAX_DELAY_MS (1000)'],
    [{ REPLACED_DELAY_MAX_MS: '19999' }, 'REPLACED_DELAY_MIN_MS (20000, the default) is above REPLACED_DELAY_MAX_MS (19999)'],
  ])('names both of two values that do not fit each other, with what is in force: %o', (environment, sentence) => {
    expect(complaint({ ...good, ...environment })).toContain(sentence)
  })

  test.each([
    ['SESSION_BACKUP_INTERVAL', '60', '3600000 is an hour'],
    ['HEALTH_CHECK_INTERVAL', '30', '30000 are 30 seconds'],
  ])('says that %s is in milliseconds when it has minutes or seconds', (name, value, hint) => {
    expect(complaint({ ...good, [name]: value })).toMatch(`${name}: must be at least`)
    expect(complaint({ ...good, [name]: value })).toContain(hint)
  })

  test('refuses to run without the certificate check, which authenticates WhatsApp', () => {
    expect(complaint({ ...good, NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toContain('NODE_TLS_REJECT_UNAUTHORIZED')
    expect(complaint({ ...good, NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toBe('nothing')
  })

  test('names a disabled certificate check together with all other problems', () => {
    const message = complaint({ NODE_TLS_REJECT_UNAUTHORIZED: '0', HEARTBEAT_INTERVAL_MS: '5000' })
    for (const name of ['NODE_TLS_REJECT_UNAUTHORIZED', 'STORAGE_BUCKET', 'RUNNER_DEAD_AFTER_MS']) expect(message).toContain(name)
  })
})

test('the port of the probes is PROBE_PORT, else the PORT of Cloud Run, else none', () => {
  const portOf = (given: Record<string, string>) => readRunnerConfig({ ...good, ...given }).probePort
  expect([portOf({}), portOf({ PORT: '8080' }), portOf({ PORT: '8080', PROBE_PORT: '0' })]).toEqual([null, 8080, 0])
  expect(complaint({ ...good, PROBE_PORT: '65536' })).toContain('PROBE_PORT')
})

test('an instance id must be valid as the name of a document', () => {
  expect(complaint({ ...good, INSTANCE_ID: 'a/b' })).toContain('INSTANCE_ID')
})

test('the pace of sessions comes from the environment', () => {
  const { tenantDefaults } = readRunnerConfig({
    ...good,
    MIN_DELAY_MS: '1000',
    MAX_DELAY_MS: '2000',
    MAX_DAILY_MESSAGES_PER_SESSION: '500',
    RECIPIENT_GAP_MS: '0',
    YOUNG_SESSION_LIMITS: 'none',
    TIME_ZONE: 'America/Sao_Paulo',
    MAX_RETRY_ATTEMPTS: '3',
    FAILOVER_AFTER: '60000',
  })
  expect(tenantDefaults).toMatchObject({
    timeZone: 'America/Sao_Paulo',
    pacing: { enabled: true, minDelayMs: 1000, maxDelayMs: 2000, dailyLimit: 500, recipientGapMs: 0, ramp: [] },
    retries: { maxRetries: 3 },
    failoverAfterMs: 60_000,
  })
  expect(readRunnerConfig({ ...good, PACING: 'false' }).tenantDefaults.pacing.enabled).toBe(false)
})

test('every variable is described for operators', () => {
  const undescribed = Object.entries(runnerSettings.shape).filter(([, schema]) => notesOf(schema).description === '')
  expect(undescribed).toEqual([])
})

test('old names are reported with what takes their place, without their values', () => {
  expect(readRunnerConfig(good).oldNames).toEqual([])
  const { oldNames } = readRunnerConfig({ ...good, SESSION_PATH: './a-secret-place', COMPANY_ID: 'acme', AUTH_PATH: '' })
  expect(oldNames.map(({ name }) => name)).toEqual(['SESSION_PATH', 'COMPANY_ID'])
  expect(JSON.stringify(oldNames)).not.toMatch(/a-secret-place|acme/)
})

test('.env.example has every variable with its default, and no others', () => {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
  const named = [...example.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name)
  expect(new Set(named)).toEqual(new Set(Object.keys(runnerSettings.shape)))
  expect(readRunnerConfig({ ...parseEnv(example), ...good })).toEqual(readRunnerConfig(good))
})
