import type { AlertChannel } from './alert-channels.ts'
import type { QuietHours } from './quiet-hours.ts'
import type { RecordLevels } from '../session/record-levels.ts'
import type { GivenWebhook } from '../session/webhooks.ts'
import type { TenantConfig, TenantDocument } from './tenant-document.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS

/** The configuration of a tenant with a value for everything. */
export interface TenantSettings {
  /** An IANA name. Days begin and end in it. */
  readonly timeZone: string
  readonly pacing: {
    readonly enabled: boolean
    /** The pause between two messages of a session is random between these. */
    readonly minDelayMs: number
    readonly maxDelayMs: number
    /** Messages of a session in one day of the tenant's time zone. */
    readonly dailyLimit: number
    /** The pause between two messages to one recipient. */
    readonly recipientGapMs: number
    /** Daily limits of a young session, from its first day on. */
    readonly ramp: readonly number[]
  }
  readonly retries: {
    /** The delay before each retry; the last one repeats. */
    readonly delaysMs: readonly number[]
    /** Attempts after the first one. */
    readonly maxRetries: number
  }
  readonly failoverAfterMs: number
  readonly retention: { readonly finishedDays: number; readonly failedDays: number }
  /** Days until the files of messages are removed; 0: never. */
  readonly mediaRetentionDays: number
  /** The newest backups of a session that are kept, and for how many days one of each day is. */
  readonly backups: { readonly keepLast: number; readonly keepDays: number }
  /** Days in which a purge can be taken back, and after its end until no copy of a purged session is left anywhere. */
  readonly purge: { readonly graceDays: number; readonly finalAfterDays: number }
  readonly thresholds: { readonly queueDepth: number; readonly silenceMinutes: number }
  /** Null: no limit. */
  readonly quotas: {
    readonly sessions: number | null
    readonly keys: number | null
    readonly messagesPerDay: number | null
    /** Requests of one API key in a minute, unless the key says less. */
    readonly requestsPerMinute: number | null
  }
  readonly alerts: {
    readonly channels: readonly AlertChannel[]
    /** Hours in which only critical alerts are told of. */
    readonly quietHours: QuietHours | null
    /** Minutes between two notices of an alert that is open; 0: none after the first. */
    readonly reminders: { readonly criticalMinutes: number; readonly otherMinutes: number }
  }
  readonly cleanup: {
    /** Clean-up by level and each day, without being asked. */
    readonly isAutomatic: boolean
    /** Automatic clean-ups only report what they would remove. */
    readonly isDryRun: boolean
    readonly sessionMaxAgeDays: number
    readonly senderKeyMaxAgeDays: number
    readonly maxPreKeys: number
    readonly levels: RecordLevels
  }
  readonly syncFullHistory: boolean
  /** The tenant's own key of Cloud KMS, which wraps the data keys of its sessions. Null: the wrapping key of the installation. */
  readonly kmsKey: string | null
  /** Of all its sessions, as `webhooks.ts` describes them. */
  readonly webhooks: readonly GivenWebhook[]
}

/** The values of an installation for what a tenant does not configure. They come from the environment. */
export type TenantDefaults = TenantSettings

/** The values that an installation has unless its environment says otherwise. */
export const DEFAULT_TENANT_SETTINGS: TenantDefaults = {
  timeZone: 'UTC',
  pacing: {
    enabled: true,
    minDelayMs: 25 * SECOND_MS,
    maxDelayMs: 40 * SECOND_MS,
    dailyLimit: 300,
    recipientGapMs: MINUTE_MS,
    ramp: [20, 40, 80, 120, 180, 240],
  },
  retries: { delaysMs: [0, 5, 15, 30, 60, 120].map((minutes) => minutes * MINUTE_MS), maxRetries: 6 },
  failoverAfterMs: 5 * MINUTE_MS,
  retention: { finishedDays: 30, failedDays: 30 },
  mediaRetentionDays: 30,
  backups: { keepLast: 5, keepDays: 7 },
  purge: { graceDays: 7, finalAfterDays: 37 },
  thresholds: { queueDepth: 100, silenceMinutes: 15 },
  quotas: { sessions: null, keys: null, messagesPerDay: null, requestsPerMinute: 600 },
  alerts: { channels: [], quietHours: null, reminders: { criticalMinutes: 15, otherMinutes: 240 } },
  cleanup: {
    isAutomatic: true,
    isDryRun: false,
    sessionMaxAgeDays: 14,
    senderKeyMaxAgeDays: 3,
    maxPreKeys: 50,
    levels: { scale: 'present', from: {} },
  },
  syncFullHistory: false,
  kmsKey: null,
  webhooks: [],
}

/** Resolves the configuration of a tenant. A tenant without a document has the values of the installation. */
export function effectiveConfig(
  tenant: Pick<TenantDocument, 'config'> | null,
  defaults: TenantDefaults = DEFAULT_TENANT_SETTINGS,
): TenantSettings {
  const config: TenantConfig = tenant?.config ?? {}
  return {
    timeZone: config.timeZone ?? defaults.timeZone,
    pacing: pacingOf(config.pacing ?? {}, defaults.pacing),
    retries: merged(defaults.retries, config.retries),
    failoverAfterMs: config.failoverAfterMs ?? defaults.failoverAfterMs,
    retention: merged(defaults.retention, config.retention),
    mediaRetentionDays: config.mediaRetentionDays ?? defaults.mediaRetentionDays,
    backups: merged(defaults.backups, config.backups),
    purge: merged(defaults.purge, config.purge),
    thresholds: merged(defaults.thresholds, config.thresholds),
    quotas: merged(defaults.quotas, config.quotas),
    alerts: {
      channels: config.alerts?.channels ?? defaults.alerts.channels,
      quietHours: config.alerts?.quietHours ?? defaults.alerts.quietHours,
      reminders: merged(defaults.alerts.reminders, config.alerts?.reminders),
    },
    cleanup: {
      ...merged(defaults.cleanup, { ...config.cleanup, levels: undefined }),
      levels: {
        scale: config.cleanup?.levels?.scale ?? defaults.cleanup.levels.scale,
        from: config.cleanup?.levels?.from ?? defaults.cleanup.levels.from,
      },
    },
    syncFullHistory: config.syncFullHistory ?? defaults.syncFullHistory,
    kmsKey: config.kmsKey ?? null,
    webhooks: config.webhooks ?? defaults.webhooks,
  }
}

/** A tenant that names one end of the pause only may cross the installation's other end. The end that it names counts. */
function pacingOf(config: NonNullable<TenantConfig['pacing']>, defaults: TenantSettings['pacing']): TenantSettings['pacing'] {
  const pacing = merged(defaults, config)
  if (pacing.minDelayMs <= pacing.maxDelayMs) return pacing
  return config.minDelayMs === undefined
    ? { ...pacing, minDelayMs: pacing.maxDelayMs }
    : { ...pacing, maxDelayMs: pacing.minDelayMs }
}

/** Takes the fields that are given, and the others from the defaults. */
function merged<Settings extends object>(
  defaults: Settings,
  given: { readonly [Key in keyof Settings]?: Settings[Key] | undefined } = {},
): Settings {
  const named = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(named) }
}
