import { describe, expect, it } from 'vitest'
import { tenantConfigSchema, tenantDocumentSchema } from './tenant-document.ts'
import { DEFAULT_TENANT_SETTINGS, effectiveConfig, type TenantDefaults } from './tenant-settings.ts'

const of = (config: unknown, defaults?: TenantDefaults) => effectiveConfig({ config: tenantConfigSchema.parse(config) }, defaults)

describe('the settings of a tenant', () => {
  it('without a document are those of the installation', () => {
    const defaults = { ...DEFAULT_TENANT_SETTINGS, timeZone: 'Europe/Berlin', syncFullHistory: true }
    expect(effectiveConfig(null, defaults)).toEqual(defaults)
    expect(of({}, defaults)).toEqual(defaults)
  })

  it('are the documented ones when the installation names none', () => {
    expect(effectiveConfig(null)).toEqual({
      timeZone: 'UTC',
      pacing: {
        enabled: true,
        minDelayMs: 25_000,
        maxDelayMs: 40_000,
        dailyLimit: 300,
        recipientGapMs: 60_000,
        ramp: [20, 40, 80, 120, 180, 240],
      },
      retries: { delaysMs: [0, 300_000, 900_000, 1_800_000, 3_600_000, 7_200_000], maxRetries: 6 },
      failoverAfterMs: 300_000,
      retention: { finishedDays: 30, failedDays: 30 },
      mediaRetentionDays: 30,
      backups: { keepLast: 5, keepDays: 7 },
      purge: { graceDays: 7, finalAfterDays: 37 },
      cleanup: {
        isAutomatic: true,
        isDryRun: false,
        levels: { scale: 'present', from: {} },
        maxPreKeys: 50,
        senderKeyMaxAgeDays: 3,
        sessionMaxAgeDays: 14,
      },
      thresholds: { queueDepth: 100, silenceMinutes: 15 },
      quotas: { sessions: null, keys: null, messagesPerDay: null, requestsPerMinute: 600 },
      alerts: { channels: [], quietHours: null, reminders: { criticalMinutes: 15, otherMinutes: 240 } },
      syncFullHistory: false,
      kmsKey: null,
      webhooks: [],
    })
  })

  it('take each value that the tenant names, and every other one from the installation', () => {
    const settings = of({
      timeZone: 'America/Sao_Paulo',
      pacing: { dailyLimit: 50, ramp: [10, 20] },
      retries: { maxRetries: 0 },
      failoverAfterMs: 0,
      retention: { failedDays: 7 },
      backups: { keepDays: 30 },
      purge: { graceDays: 1 },
      cleanup: { maxPreKeys: 80 },
      thresholds: { silenceMinutes: 5 },
      quotas: { sessions: 0, requestsPerMinute: 60 },
      alerts: { channels: [{ name: 'ops', type: 'slack' }], reminders: { otherMinutes: 60 } },
      syncFullHistory: true,
      kmsKey: 'projects/acme/locations/us-central1/keyRings/r/cryptoKeys/k',
      webhooks: [],
    })
    const { pacing, retries, retention, cleanup, thresholds, quotas } = DEFAULT_TENANT_SETTINGS
    expect(settings).toEqual({
      timeZone: 'America/Sao_Paulo',
      pacing: { ...pacing, dailyLimit: 50, ramp: [10, 20] },
      retries: { ...retries, maxRetries: 0 },
      failoverAfterMs: 0,
      retention: { ...retention, failedDays: 7 },
      mediaRetentionDays: 30,
      backups: { keepLast: 5, keepDays: 30 },
      purge: { graceDays: 1, finalAfterDays: 37 },
      cleanup: { ...cleanup, maxPreKeys: 80 },
      thresholds: { ...thresholds, silenceMinutes: 5 },
      quotas: { ...quotas, sessions: 0, requestsPerMinute: 60 },
      alerts: {
        channels: [{ name: 'ops', type: 'slack' }],
        quietHours: null,
        reminders: { criticalMinutes: 15, otherMinutes: 60 },
      },
      syncFullHistory: true,
      kmsKey: 'projects/acme/locations/us-central1/keyRings/r/cryptoKeys/k',
      webhooks: [],
    })
  })

  it('never have a shortest pause above the longest one', () => {
    expect(of({ pacing: { minDelayMs: 60_000 } }).pacing).toMatchObject({ minDelayMs: 60_000, maxDelayMs: 60_000 })
    expect(of({ pacing: { maxDelayMs: 1000 } }).pacing).toMatchObject({ minDelayMs: 1000, maxDelayMs: 1000 })
    expect(of({ pacing: { minDelayMs: 1, maxDelayMs: 2 } }).pacing).toMatchObject({ minDelayMs: 1, maxDelayMs: 2 })
  })
})

describe('a configuration', () => {
  it.each([
    ['an unknown field', { colour: 'red' }],
    ['an unknown field of a part', { pacing: { speed: 1 } }],
    ['a time zone that nobody knows', { timeZone: 'Europe/Atlantis' }],
    ['half a message', { pacing: { dailyLimit: 1.5 } }],
    ['a version of a key', { kmsKey: 'projects/acme/locations/us-central1/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1' }],
    ['a text for a number', { failoverAfterMs: '5' }],
    ['no retry delay at all', { retries: { delaysMs: [] } }],
    ['a shortest pause above the longest one', { pacing: { minDelayMs: 2, maxDelayMs: 1 } }],
  ])('with %s is refused', (_, config) => {
    expect(tenantConfigSchema.safeParse(config).success).toBe(false)
  })

  it('keeps what this version knows when a later one has stored more', () => {
    const stored = { v: 1, name: 'Acme', createdAt: new Date(), config: { colour: 'red', pacing: { dailyLimit: 5, speed: 1 } } }
    expect(tenantDocumentSchema.parse(stored).config).toEqual({ pacing: { dailyLimit: 5 } })
  })

  it('may name UTC and any other zone of the IANA', () => {
    for (const timeZone of ['UTC', 'America/Sao_Paulo', 'Europe/Berlin']) of({ timeZone })
  })
})
