import type { z } from 'zod'
import { integer, integers, switchedOn, timeZone, type Rule } from '../platform/settings.ts'
import { DEFAULT_TENANT_SETTINGS as DEFAULTS, type TenantDefaults } from './tenant-settings.ts'

/**
 * The values of the installation for what a tenant does not configure. Runner and functions spread these variables into their
 * schemas, and need the same values.
 */

const DAY_MS = 24 * 60 * 60 * 1000
const { pacing, retries } = DEFAULTS

export const tenantVariables = {
  TIME_ZONE: timeZone.default(DEFAULTS.timeZone),
  PACING: switchedOn(pacing.enabled),
  MIN_DELAY_MS: integer({ min: 0, max: DAY_MS, default: pacing.minDelayMs }),
  MAX_DELAY_MS: integer({ min: 0, max: DAY_MS, default: pacing.maxDelayMs }),
  MAX_DAILY_MESSAGES_PER_SESSION: integer({ min: 1, max: 100_000, default: pacing.dailyLimit }),
  RECIPIENT_GAP_MS: integer({ min: 0, max: DAY_MS, default: pacing.recipientGapMs }),
  YOUNG_SESSION_LIMITS: integers({ min: 1, max: 100_000, default: pacing.ramp, none: true }),
  MAX_RETRY_ATTEMPTS: integer({ min: 0, max: 100, default: retries.maxRetries }),
  SEND_RETRY_DELAYS_MS: integers({ min: 0, max: DAY_MS, default: retries.delaysMs }),
  FAILOVER_AFTER: integer({ min: 0, max: 7 * DAY_MS, default: DEFAULTS.failoverAfterMs }),
  SYNC_FULL_HISTORY: switchedOn(DEFAULTS.syncFullHistory),
}

const pauseAscends: Rule = ({ MIN_DELAY_MS = pacing.minDelayMs, MAX_DELAY_MS = pacing.maxDelayMs }) =>
  Number(MIN_DELAY_MS) > Number(MAX_DELAY_MS) ? 'MAX_DELAY_MS: must not be less than MIN_DELAY_MS' : null

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
    syncFullHistory: settings.SYNC_FULL_HISTORY,
  }
}
