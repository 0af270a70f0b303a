import { z } from 'zod'
import { DEFAULT_CRASH_POLICY } from './session/quarantine/crash-record.ts'
import { DEFAULT_SEND_POLICY as SENDING } from './session/outbox/send-policy.ts'
import { WrappingKey } from '@holdfast/core/security/envelope'
import {
  encryptionKey,
  insecureTls,
  integer,
  integers,
  optionalInteger,
  projectId,
  readSettings,
  type Environment,
  type Rule,
} from '@holdfast/core/platform/settings'
import { tenantDefaultsOf, tenantRules, tenantVariables } from '@holdfast/core/operations/tenant-environment'
import { storageOf, storageRules, storageSettings } from '@holdfast/core/platform/storage-settings'
import { tasksOf, tasksSettings } from '@holdfast/core/platform/tasks-settings'
import { DEFAULT_RECONNECT_POLICY as RECONNECT } from '@holdfast/core/session/disconnect-policy'

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS

const port = optionalInteger({ min: 0, max: 65_535 })

/** All variables of a runner. */
export const runnerSettings = z.object({
  GOOGLE_CLOUD_PROJECT: projectId,
  ...storageSettings,
  ...tasksSettings,
  SESSION_ENCRYPTION_KEY: encryptionKey,
  MAX_CONNECTIONS: integer({ min: 1, max: 1000, default: 50 }),
  QUEUE_CONCURRENCY: integer({ min: 1, max: 100, default: SENDING.chatsAtOnce }),
  ...tenantVariables,
  SEND_ACK_TIMEOUT_MS: integer({ min: 1000, max: 300_000, default: SENDING.ackTimeoutMs }),
  /** Minutes. */
  SESSION_BACKUP_INTERVAL: integer({ min: 1, max: 24 * 60, default: 60 }),
  CHECKPOINT_RECORDS: integer({ min: 16, max: 10_000, default: 256 }),
  AUTO_RESTORE: z.enum(['lossless', 'always'], 'must be `lossless` or `always`').default('lossless'),
  CRASH_LOOP_AFTER: integer({ min: 2, max: 1_000_000, default: DEFAULT_CRASH_POLICY.suspectAfter }),
  CRASH_FREE_MS: integer({ min: 100, max: 600_000, default: DEFAULT_CRASH_POLICY.stableMs }),
  CONNECTS_PER_SECOND: integer({ min: 1, max: 1000, default: 10 }),
  MAX_PAIRINGS: integer({ min: 1, max: 1000, default: 2 }),
  MAX_PAIRING_ROUNDS: integer({ min: 1, max: 1000, default: RECONNECT.pairingRounds }),
  QR_LIFETIME_MS: optionalInteger({ min: 100, max: HOUR_MS }),
  RECONNECT_NETWORK_FIRST_MS: integer({ min: 10, max: HOUR_MS, default: RECONNECT.network.firstMs }),
  RECONNECT_NETWORK_LIMIT_MS: integer({ min: 10, max: DAY_MS, default: RECONNECT.network.limitMs }),
  RECONNECT_WHATSAPP_DELAYS_MS: integers({ min: 0, max: DAY_MS, default: RECONNECT.whatsappDelaysMs }),
  MAX_RECONNECTION_ATTEMPTS: integer({ min: 0, max: 1000, default: RECONNECT.maxAttempts }),
  REPLACED_DELAY_MIN_MS: integer({ min: 100, max: HOUR_MS, default: RECONNECT.replacedDelayMs.min }),
  REPLACED_DELAY_MAX_MS: integer({ min: 100, max: HOUR_MS, default: RECONNECT.replacedDelayMs.max }),
  CLIENT_OUTDATED_DELAY_MS: integer({ min: 1000, max: DAY_MS, default: RECONNECT.outdatedDelayMs }),
  WHATSAPP_WEB_VERSION: z
    .string()
    .regex(/^\d{1,9}\.\d{1,9}\.\d{1,10}$/, 'must be three numbers, like 2.3000.1234567')
    .transform((text) => text.split('.').map(Number) as [number, number, number])
    .optional(),
  HEARTBEAT_INTERVAL_MS: integer({ min: 200, max: 60_000, default: 4000 }),
  RUNNER_DEAD_AFTER_MS: integer({ min: 1000, max: 600_000, default: 12_000 }),
  /** Seconds. */
  HEALTH_CHECK_INTERVAL: integer({ min: 1, max: 3600, default: 30 }),
  MEMORY_LIMIT_MB: optionalInteger({ min: 1, max: 1024 * 1024 }),
  /** Percent. */
  MEMORY_DRAIN_THRESHOLD: integer({ min: 1, max: 100, default: 90 }),
  MEMORY_DRAIN_LOOKS: integer({ min: 1, max: 1000, default: 3 }),
  MEMORY_DRAIN_SOON_MS: integer({ min: 0, max: HOUR_MS, default: 600_000 }),
  RESTART_ALERT_AFTER: integer({ min: 1, max: 1000, default: 10 }),
  RESTART_PAUSE_LIMIT_MS: integer({ min: 0, max: 3_600_000, default: 60_000 }),
  PROBE_PORT: port,
  /** Cloud Run sets it. */
  PORT: port,
  SIGNATURE_CHECK: z.enum(['enforce', 'log'], 'must be `enforce` or `log`').default('enforce'),
  INSTANCE_ID: z
    .string()
    .regex(/^[^/]{1,200}$/, 'must have 1 to 200 characters, none of them a slash')
    .optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent').default('info'),
})

/** A megabyte is 1 MiB here, as in Cloud Run. */
const BYTES_PER_MB = 1024 * 1024

/** A runner's configuration. Only this file reads the environment. */
export type RunnerConfig = ReturnType<typeof readRunnerConfig>

const patientHeartbeat: Rule = ({ HEARTBEAT_INTERVAL_MS = '4000', RUNNER_DEAD_AFTER_MS = '12000' }) =>
  Number(RUNNER_DEAD_AFTER_MS) < 3 * Number(HEARTBEAT_INTERVAL_MS)
    ? 'RUNNER_DEAD_AFTER_MS: must be at least three times HEARTBEAT_INTERVAL_MS, so that one lost heartbeat loses no session'
    : null

/** Checks that the first value is not above the second. The schema gives the default of a missing one. */
const ascending =
  (lower: string, upper: string, defaults: { lower: number; upper: number }): Rule =>
  (environment) =>
    Number(environment[lower] ?? defaults.lower) > Number(environment[upper] ?? defaults.upper)
      ? `${upper}: must not be less than ${lower}`
      : null

const rules = [
  insecureTls,
  patientHeartbeat,
  ...storageRules,
  ...tenantRules,
  ascending('RECONNECT_NETWORK_FIRST_MS', 'RECONNECT_NETWORK_LIMIT_MS', {
    lower: RECONNECT.network.firstMs,
    upper: RECONNECT.network.limitMs,
  }),
  ascending('REPLACED_DELAY_MIN_MS', 'REPLACED_DELAY_MAX_MS', {
    lower: RECONNECT.replacedDelayMs.min,
    upper: RECONNECT.replacedDelayMs.max,
  }),
]

/** @throws HoldfastError `bad-configuration`, which names every problem. */
export function readRunnerConfig(environment: Environment = process.env) {
  const settings = readSettings(runnerSettings, environment, rules)
  return {
    projectId: settings.GOOGLE_CLOUD_PROJECT,
    storage: storageOf(settings),
    tasks: tasksOf(settings),
    wrappingKey: new WrappingKey(settings.SESSION_ENCRYPTION_KEY),
    maxConnections: settings.MAX_CONNECTIONS,
    sending: {
      chatsAtOnce: settings.QUEUE_CONCURRENCY,
      maxRetries: settings.MAX_RETRY_ATTEMPTS,
      retryDelaysMs: settings.SEND_RETRY_DELAYS_MS,
      ackTimeoutMs: settings.SEND_ACK_TIMEOUT_MS,
    },
    checkpoints: { everyRecords: settings.CHECKPOINT_RECORDS, everyMs: settings.SESSION_BACKUP_INTERVAL * 60_000 },
    autoRestore: settings.AUTO_RESTORE,
    crashPolicy: { suspectAfter: settings.CRASH_LOOP_AFTER, stableMs: settings.CRASH_FREE_MS },
    connectsPerSecond: settings.CONNECTS_PER_SECOND,
    maxPairings: settings.MAX_PAIRINGS,
    reconnect: {
      network: { firstMs: settings.RECONNECT_NETWORK_FIRST_MS, limitMs: settings.RECONNECT_NETWORK_LIMIT_MS },
      whatsappDelaysMs: settings.RECONNECT_WHATSAPP_DELAYS_MS,
      maxAttempts: settings.MAX_RECONNECTION_ATTEMPTS,
      replacedDelayMs: { min: settings.REPLACED_DELAY_MIN_MS, max: settings.REPLACED_DELAY_MAX_MS },
      outdatedDelayMs: settings.CLIENT_OUTDATED_DELAY_MS,
      pairingRounds: settings.MAX_PAIRING_ROUNDS,
    },
    client: {
      version: settings.WHATSAPP_WEB_VERSION ?? null,
      qrLifeMs: settings.QR_LIFETIME_MS ?? null,
    },
    tenantDefaults: tenantDefaultsOf(settings),
    heartbeat: { intervalMs: settings.HEARTBEAT_INTERVAL_MS, deadAfterMs: settings.RUNNER_DEAD_AFTER_MS },
    resources: { intervalMs: settings.HEALTH_CHECK_INTERVAL * 1000, memoryEveryMs: settings.HEARTBEAT_INTERVAL_MS },
    memoryLimitBytes: settings.MEMORY_LIMIT_MB === undefined ? null : settings.MEMORY_LIMIT_MB * BYTES_PER_MB,
    memory: { abovePercentage: settings.MEMORY_DRAIN_THRESHOLD, looks: settings.MEMORY_DRAIN_LOOKS },
    restarts: {
      uptimeMs: settings.CRASH_FREE_MS,
      memoryUptimeMs: settings.MEMORY_DRAIN_SOON_MS,
      alertAfter: settings.RESTART_ALERT_AFTER,
      longestPauseMs: settings.RESTART_PAUSE_LIMIT_MS,
    },
    probePort: settings.PROBE_PORT ?? settings.PORT ?? null,
    signatureCheck: settings.SIGNATURE_CHECK,
    instanceId: settings.INSTANCE_ID ?? null,
    logLevel: settings.LOG_LEVEL,
  }
}
