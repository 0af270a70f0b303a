import { publicUrlOf } from '@holdfast/core/platform/public-url'
import { wrappingOf, wrappingRules } from '@holdfast/core/security/wrapping-settings'
import { credentialsSourceOf } from '@holdfast/core/platform/google-credentials'
import { oldNamesIn } from '@holdfast/core/platform/old-names'
import { ascending, insecureTls, problemsIn, readSettings, type Environment, type Rule } from '@holdfast/core/platform/settings'
import { tenantDefaultsOf, tenantRules } from '@holdfast/core/operations/tenant-environment'
import { storageOf, storageRules } from '@holdfast/core/platform/storage-settings'
import { tasksOf } from '@holdfast/core/platform/tasks-settings'
import { tracesOf } from '@holdfast/core/platform/trace-settings'
import { versionWith } from '@holdfast/core/platform/version'
import { DEFAULT_RECONNECT_POLICY as RECONNECT } from '@holdfast/core/session/disconnect-policy'
import { hostsOf } from './network/probe.ts'
import { runnerSettings } from './settings.ts'

/** A megabyte is 1 MiB here, as in Cloud Run. */
const BYTES_PER_MB = 1024 * 1024

/** The interval of probes while nothing fails and no session hears WhatsApp. */
const IDLE_PROBES_EVERY_MS = 5 * 60_000

/** A runner's configuration. Only this file reads the environment. */
export type RunnerConfig = ReturnType<typeof readRunnerConfig>

const patientHeartbeat: Rule = ({ HEARTBEAT_INTERVAL_MS = '4000', RUNNER_DEAD_AFTER_MS = '12000' }) =>
  Number(RUNNER_DEAD_AFTER_MS) < 3 * Number(HEARTBEAT_INTERVAL_MS)
    ? 'RUNNER_DEAD_AFTER_MS: must be at least three times HEARTBEAT_INTERVAL_MS, so that one lost heartbeat loses no session'
    : null

const rules = [
  insecureTls,
  patientHeartbeat,
  ...storageRules,
  ...wrappingRules,
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

/** Returns what a runner would refuse to start with, each as `NAME: what to do`. */
export const problemsOfRunner = (environment: Environment): readonly string[] => problemsIn(runnerSettings, environment, rules)

/** @throws HoldfastError `bad-configuration`, which names every problem. */
export function readRunnerConfig(environment: Environment = process.env) {
  const settings = readSettings(runnerSettings, environment, rules)
  return {
    projectId: settings.GOOGLE_CLOUD_PROJECT,
    storage: storageOf(settings),
    taskQueue: settings.TASK_QUEUE,
    tasks: tasksOf(settings),
    wrapping: wrappingOf(settings),
    maxConnections: settings.MAX_CONNECTIONS,
    sending: {
      chatsAtOnce: settings.QUEUE_CONCURRENCY,
      maxRetries: settings.MAX_RETRY_ATTEMPTS,
      retryDelaysMs: settings.SEND_RETRY_DELAYS_MS,
      ackTimeoutMs: settings.SEND_ACK_TIMEOUT_MS,
    },
    checkpoints: { everyRecords: settings.CHECKPOINT_RECORDS, everyMs: settings.SESSION_BACKUP_INTERVAL },
    autoRestore: settings.AUTO_RESTORE,
    crashPolicy: {
      suspectAfter: settings.CRASH_LOOP_AFTER,
      stableMs: settings.CRASH_FREE_MS,
      pausesMs: settings.QUARANTINE_PAUSES_MS,
    },
    recovery: { isAutomatic: settings.AUTO_RECOVERY, deafAfterMs: settings.DEAF_AFTER_MS },
    hasSessionHeartbeats: settings.HEARTBEAT_MODE === 'session',
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
    network: {
      neutral: hostsOf(settings.NETWORK_NEUTRAL_HOSTS) ?? [],
      limitMs: settings.NETWORK_PROBE_LIMIT_MS,
      policy: { troubleEveryMs: settings.NETWORK_PROBE_INTERVAL_MS, idleEveryMs: IDLE_PROBES_EVERY_MS },
    },
    client: {
      version: settings.WHATSAPP_WEB_VERSION ?? null,
      qrLifeMs: settings.QR_LIFETIME_MS ?? null,
    },
    publicUrl: publicUrlOf(settings),
    traces: tracesOf(settings),
    mostMediaBytes: settings.MAX_INCOMING_MEDIA_MB * BYTES_PER_MB,
    tenantDefaults: tenantDefaultsOf(settings),
    heartbeat: { intervalMs: settings.HEARTBEAT_INTERVAL_MS, deadAfterMs: settings.RUNNER_DEAD_AFTER_MS },
    resources: { intervalMs: settings.HEALTH_CHECK_INTERVAL, memoryEveryMs: settings.HEARTBEAT_INTERVAL_MS },
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
    allowInside: settings.ALLOW_INSIDE_ADDRESSES ?? [],
    instanceId: settings.INSTANCE_ID ?? null,
    version: versionWith(settings.HOLDFAST_RELEASE),
    revision: settings.CLOUD_RUN_REVISION ?? settings.K_REVISION ?? '',
    rebalances: settings.REBALANCING,
    oldRevisionWaitMs: settings.OLD_REVISION_WAIT_MS,
    logLevel: settings.LOG_LEVEL,
    credentials: credentialsSourceOf(environment),
    oldNames: oldNamesIn(environment),
  }
}
