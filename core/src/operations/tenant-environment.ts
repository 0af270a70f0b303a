import { z } from 'zod'
import { ascending, integer, integers, says, switchedOn, timeZone, type Rule } from '../platform/settings.ts'
import { quietHoursSchema } from './quiet-hours.ts'
import { DEFAULT_TENANT_SETTINGS as DEFAULTS, type TenantDefaults } from './tenant-settings.ts'

/**
 * The values of the installation for what a tenant does not configure. Runner and functions spread these variables into their
 * schemas, and need the same values.
 */

const DAY_MS = 24 * 60 * 60 * 1000
const { pacing, retries } = DEFAULTS

export const tenantVariables = {
  TIME_ZONE: says('The IANA time zone in which days begin and end.', timeZone.default(DEFAULTS.timeZone), { tenant: 'timeZone' }),
  PACING: says(
    '`true`: a session pauses between its messages and keeps the limits below. `false`: it sends as fast as it can; only limits that WhatsApp announces hold.',
    switchedOn(pacing.enabled),
    { tenant: 'pacing.enabled' },
  ),
  MIN_DELAY_MS: says(
    'The shortest pause between two messages of a session. Each pause is random.',
    integer({ min: 0, max: DAY_MS, default: pacing.minDelayMs }),
    { unit: 'ms', tenant: 'pacing.minDelayMs' },
  ),
  MAX_DELAY_MS: says(
    'The longest pause between two messages of a session.',
    integer({ min: 0, max: DAY_MS, default: pacing.maxDelayMs }),
    { unit: 'ms', tenant: 'pacing.maxDelayMs' },
  ),
  MAX_DAILY_MESSAGES_PER_SESSION: says(
    'The most messages of a session in one day. The others wait for the next day.',
    integer({ min: 1, max: 100_000, default: pacing.dailyLimit }),
    { tenant: 'pacing.dailyLimit' },
  ),
  RECIPIENT_GAP_MS: says(
    'The pause between two messages to one recipient.',
    integer({ min: 0, max: DAY_MS, default: pacing.recipientGapMs }),
    { unit: 'ms', tenant: 'pacing.recipientGapMs' },
  ),
  YOUNG_SESSION_LIMITS: says(
    'The most messages on the first day of a session, on its second day, and so on. `none`: a new session has the limit of an old one.',
    integers({ min: 1, max: 100_000, default: pacing.ramp, none: true }),
    { tenant: 'pacing.ramp' },
  ),
  MAX_RETRY_ATTEMPTS: says(
    'The number of attempts to send a message after the first one.',
    integer({ min: 0, max: 100, default: retries.maxRetries }),
    { tenant: 'retries.maxRetries' },
  ),
  SEND_RETRY_DELAYS_MS: says(
    'The delay before each of these attempts. The last one repeats.',
    integers({ min: 0, max: DAY_MS, default: retries.delaysMs }),
    { unit: 'ms', tenant: 'retries.delaysMs' },
  ),
  FAILOVER_AFTER: says(
    'How long a session is down before another one of its pool sends its messages.',
    integer({ min: 0, max: 7 * DAY_MS, default: DEFAULTS.failoverAfterMs }),
    { unit: 'ms', tenant: 'failoverAfterMs' },
  ),
  BACKUP_KEEP_LAST: says(
    'The newest backups of a session that are kept, whatever their age.',
    integer({ min: 2, max: 1000, default: DEFAULTS.backups.keepLast }),
    { tenant: 'backups.keepLast' },
  ),
  BACKUP_KEEP_DAYS: says(
    'For how many days one backup of each day is kept besides.',
    integer({ min: 0, max: 3650, default: DEFAULTS.backups.keepDays }),
    { unit: 'days', tenant: 'backups.keepDays' },
  ),
  PURGE_GRACE_DAYS: says(
    'For how many days the purge of a session can be taken back.',
    integer({ min: 0, max: 365, default: DEFAULTS.purge.graceDays }),
    { unit: 'days', tenant: 'purge.graceDays' },
  ),
  PURGE_FINAL_AFTER_DAYS: says(
    'For how many days copies of what a purge removed may be left: versions of objects and soft delete, backups of Firestore, exports. It only decides the date that the API names.',
    integer({ min: 0, max: 3650, default: DEFAULTS.purge.finalAfterDays }),
    { unit: 'days', tenant: 'purge.finalAfterDays' },
  ),
  ALERT_QUIET_HOURS: says(
    'The hours of each day in which only critical alerts are told of, in the time zone of the tenant.',
    z
      .string()
      .regex(/^\d\d:\d\d-\d\d:\d\d$/, 'must be two times of the day, like 22:00-07:00')
      .transform((text) => ({ from: text.slice(0, 5), to: text.slice(6) }))
      .pipe(quietHoursSchema)
      .optional(),
    { example: '22:00-07:00', without: 'no hour is quiet', tenant: 'alerts.quietHours' },
  ),
  ALERT_REMINDER_CRITICAL: says(
    'The time between two notices of a critical alert that is open; 0: none after the first.',
    integer({ min: 0, max: 10_080, default: DEFAULTS.alerts.reminders.criticalMinutes }),
    { unit: 'minutes', tenant: 'alerts.reminders.criticalMinutes' },
  ),
  ALERT_REMINDER: says(
    'The time between two notices of any other alert that is open; 0: none after the first.',
    integer({ min: 0, max: 10_080, default: DEFAULTS.alerts.reminders.otherMinutes }),
    { unit: 'minutes', tenant: 'alerts.reminders.otherMinutes' },
  ),
  AUTO_CLEANUP: says(
    '`true`: the Signal records of a session are cleaned up each day, and whenever there are too many. `false`: only when somebody asks.',
    switchedOn(DEFAULTS.cleanup.isAutomatic),
    { tenant: 'cleanup.isAutomatic' },
  ),
  DRY_RUN: says('`true`: an automatic clean-up only reports what it would remove.', switchedOn(DEFAULTS.cleanup.isDryRun), {
    tenant: 'cleanup.isDryRun',
  }),
  SESSION_MAX_AGE_DAYS: says(
    'Days without use after which clean-up archives the Signal sessions with a contact.',
    integer({ min: 1, max: 3650, default: DEFAULTS.cleanup.sessionMaxAgeDays }),
    { unit: 'days', tenant: 'cleanup.sessionMaxAgeDays' },
  ),
  SENDER_KEY_MAX_AGE_DAYS: says(
    'Days without use after which clean-up archives the keys of a sender in a group.',
    integer({ min: 1, max: 3650, default: DEFAULTS.cleanup.senderKeyMaxAgeDays }),
    { unit: 'days', tenant: 'cleanup.senderKeyMaxAgeDays' },
  ),
  MAX_PRE_KEYS: says(
    'Pre-keys that clean-up leaves at least, the newest ones. It also leaves all that the server may still offer.',
    integer({ min: 10, max: 10_000, default: DEFAULTS.cleanup.maxPreKeys }),
    { tenant: 'cleanup.maxPreKeys' },
  ),
  SYNC_FULL_HISTORY: says(
    '`true`: the first login asks the phone for its whole history. `false`: for the last months.',
    switchedOn(DEFAULTS.syncFullHistory),
    { tenant: 'syncFullHistory' },
  ),
}

const pauseAscends = ascending('MIN_DELAY_MS', 'MAX_DELAY_MS', { lower: pacing.minDelayMs, upper: pacing.maxDelayMs })

export const tenantRules: readonly Rule[] = [pauseAscends]

/** @param settings settings that passed `tenantRules` */
export function tenantDefaultsOf(settings: z.infer<z.ZodObject<typeof tenantVariables>>): TenantDefaults {
  return {
    ...DEFAULTS,
    timeZone: settings.TIME_ZONE,
    pacing: {
      enabled: settings.PACING,
      minDelayMs: settings.MIN_DELAY_MS,
      maxDelayMs: settings.MAX_DELAY_MS,
      dailyLimit: settings.MAX_DAILY_MESSAGES_PER_SESSION,
      recipientGapMs: settings.RECIPIENT_GAP_MS,
      ramp: settings.YOUNG_SESSION_LIMITS,
    },
    retries: { delaysMs: settings.SEND_RETRY_DELAYS_MS, maxRetries: settings.MAX_RETRY_ATTEMPTS },
    failoverAfterMs: settings.FAILOVER_AFTER,
    backups: { keepLast: settings.BACKUP_KEEP_LAST, keepDays: settings.BACKUP_KEEP_DAYS },
    purge: { graceDays: settings.PURGE_GRACE_DAYS, finalAfterDays: settings.PURGE_FINAL_AFTER_DAYS },
    alerts: {
      ...DEFAULTS.alerts,
      quietHours: settings.ALERT_QUIET_HOURS ?? null,
      reminders: { criticalMinutes: settings.ALERT_REMINDER_CRITICAL, otherMinutes: settings.ALERT_REMINDER },
    },
    cleanup: {
      ...DEFAULTS.cleanup,
      isAutomatic: settings.AUTO_CLEANUP,
      isDryRun: settings.DRY_RUN,
      sessionMaxAgeDays: settings.SESSION_MAX_AGE_DAYS,
      senderKeyMaxAgeDays: settings.SENDER_KEY_MAX_AGE_DAYS,
      maxPreKeys: settings.MAX_PRE_KEYS,
    },
    syncFullHistory: settings.SYNC_FULL_HISTORY,
  }
}
