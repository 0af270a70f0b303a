import { tenantDefaultsOf, tenantRules, tenantVariables } from '@holdfast/core/operations/tenant-environment'
import type { TenantDefaults } from '@holdfast/core/operations/tenant-settings'
import { type FleetConfig, fleetOf, fleetSettings } from '@holdfast/core/platform/fleet-settings'
import { type CredentialsSource, credentialsSourceOf } from '@holdfast/core/platform/google-credentials'
import { type OldName, oldNamesIn } from '@holdfast/core/platform/old-names'
import {
  type Environment,
  integer,
  optionalInteger,
  problemsIn,
  projectId,
  readSettings,
  requiredText,
  says,
  switchedOn,
} from '@holdfast/core/platform/settings'
import { publicUrlOf, publicUrlSettings } from '@holdfast/core/platform/public-url'
import { type StorageConfig, storageOf, storageRules, storageSettings } from '@holdfast/core/platform/storage-settings'
import { notificationRules, notificationsOf, notificationVariables, withNotificationSecrets } from './notification-variables.ts'
import type { NotificationSettings } from './use-cases/alerts/notification-settings.ts'
import { type TaskQueueType, type TasksConfig, tasksOf, tasksSettings } from '@holdfast/core/platform/tasks-settings'
import { type TraceConfig, traceSettings, tracesOf } from '@holdfast/core/platform/trace-settings'
import { releaseSettings, versionWith } from '@holdfast/core/platform/version'
import { SignInCipher } from '@holdfast/core/security/sign-in-cipher'
import { type WrappingConfig, wrappingOf, wrappingRules, wrappingSettings } from '@holdfast/core/security/wrapping-settings'
import { z } from 'zod'

/** An attacker could guess shorter keys. */
const MIN_API_KEY_LENGTH = 16

/** The variables of every function, with what an operator reads about them. */
const functionSettings = z.object({
  GOOGLE_CLOUD_PROJECT: projectId,
  ...storageSettings,
  ...tasksSettings,
  ...wrappingSettings,
  ...tenantVariables,
  MESSAGE_QUEUE_ENABLED: says(
    '`false`: the API accepts no new message and answers 503 `queue-disabled`. What was accepted before is sent.',
    switchedOn(true),
  ),
  AUTO_RECOVERY: says(
    '`false`: lost sessions are not recovered by themselves. Recovery actions only say what would be done, and wait for an approval (`POST /api/recoveries/{id}/approve`). Sessions still reconnect.',
    switchedOn(true),
  ),
  ENABLE_MULTITENANCY: says('`false`: `POST /api/tenants` is refused, and there is the tenant `default` only.', switchedOn(true)),
  DATA_KEY_MAX_AGE_DAYS: says(
    'A session whose newest data key is older gets a further one, by night. Earlier ones stay, because they open what they have sealed.',
    optionalInteger({ min: 1, max: 3650 }),
    { unit: 'days', example: '365', without: 'data keys are renewed on request only' },
  ),
  CPU_THRESHOLD: says(
    'GET /health warns when a runner uses a higher share of its CPU.',
    integer({ min: 1, max: 100, default: 70 }),
    { unit: '%' },
  ),
  MEMORY_THRESHOLD: says(
    'GET /health warns when a runner uses a higher share of its memory.',
    integer({ min: 1, max: 100, default: 75 }),
    { unit: '%' },
  ),
  ...notificationVariables,
  ...publicUrlSettings,
  ...fleetSettings,
  ...traceSettings,
  ...releaseSettings,
  LOG_LEVEL: says(
    'The least severity that is logged.',
    z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], 'must be trace, debug, info, warn, error or fatal')
      .default('info'),
  ),
})

/** More than one key is accepted while the newest replaces the others. */
const apiKeys = requiredText('the key that callers send as X-Api-Key')
  .transform((text) => text.split(',').map((key) => key.trim()))
  .refine(
    (keys) => keys.every((key) => key.length >= MIN_API_KEY_LENGTH),
    `must have at least ${MIN_API_KEY_LENGTH} characters, e.g. from \`openssl rand -hex 24\``,
  )

/** All variables of the API. */
export const apiSettings = functionSettings.extend({
  API_KEY: says(
    'The key that callers send as `X-Api-Key`, 16 characters or more, e.g. from `openssl rand -hex 24`; several, with commas between them, while a new one replaces an older one. A secret.',
    apiKeys,
  ),
  API_SERVICE_URL: says(
    'The address of the API as a server of its own. The function names it to callers whose body is too large for a function.',
    z.url({ protocol: /^https?$/, error: 'must be an address that begins with https://' }).optional(),
    { example: 'https://api.example.com', without: 'no address is named' },
  ),
})

/** What the API as a server reads beside that. */
export const serverSettings = apiSettings.extend({
  PORT: says(
    'The port of the server, for HTTP/1.1 and HTTP/2 without TLS. Cloud Run sets it.',
    integer({ min: 0, max: 65_535, default: 8080 }),
  ),
  REQUEST_WITHIN_MS: says(
    'A request that has not arrived whole after this time is ended.',
    integer({ min: 1000, max: 3_600_000, default: 300_000 }),
    { unit: 'ms' },
  ),
})

const rules = [...storageRules, ...wrappingRules, ...tenantRules, ...notificationRules]

export interface FunctionConfig {
  readonly projectId: string
  readonly storage: StorageConfig
  readonly taskQueue: TaskQueueType
  readonly tasks: TasksConfig
  readonly wrapping: WrappingConfig
  /** Null: data keys are renewed on request only. */
  readonly dataKeyMaxAgeDays: number | null
  /** The values of the installation for what a tenant does not configure. */
  readonly tenantDefaults: TenantDefaults
  /** False: no new messages are accepted. */
  readonly acceptsMessages: boolean
  /** False: the sweep only proposes recoveries. */
  readonly isRecoveryAutomatic: boolean
  /** Percent. */
  readonly thresholds: { readonly cpu: number; readonly memory: number }
  readonly isMultiTenant: boolean
  readonly notifications: NotificationSettings
  /** Addresses and ranges inside that outgoing requests may go to all the same. */
  readonly allowInside: readonly string[]
  /** Null: the number of runners is not set by itself. */
  readonly fleet: FleetConfig | null
  /** Where callers reach the API, without a slash at its end; empty when it is not known. */
  readonly publicUrl: string
  /** With the hash of the deployed bundle, if it is known. */
  readonly version: string
  /** Null: nothing is traced. */
  readonly traces: TraceConfig | null
  readonly logLevel: string
  readonly oldNames: readonly OldName[]
}

export interface ApiConfig extends FunctionConfig {
  /** All of them are accepted. The first one is the newest. */
  readonly apiKeys: readonly string[]
  /** The address of the API as a server; null when there is none. */
  readonly serverUrl: string | null
}

export interface ServerConfig extends ApiConfig {
  readonly port: number
  readonly requestWithinMs: number
  readonly credentials: CredentialsSource
}

/**
 * Reads the configuration of a function that callers do not reach, which has no API key.
 *
 * @throws HoldfastError `bad-configuration`, which lists all problems at once
 */
export const readFunctionConfig = (environment: Environment = process.env): FunctionConfig =>
  configOf(readSettings(functionSettings, completed(environment), rules), environment)

/** Reads the configuration of the API. Throws `bad-configuration`, which lists all problems at once. */
export function readApiConfig(environment: Environment = process.env): ApiConfig {
  return apiConfigOf(readSettings(apiSettings, completed(environment), rules), environment)
}

/** Reads the configuration of the API as a server. Throws `bad-configuration`, which lists all problems at once. */
export function readServerConfig(environment: Environment = process.env): ServerConfig {
  const settings = readSettings(serverSettings, completed(environment), rules)
  const { PORT: port, REQUEST_WITHIN_MS: requestWithinMs } = settings
  return { ...apiConfigOf(settings, environment), port, requestWithinMs, credentials: credentialsSourceOf(environment) }
}

/** Returns what the functions or the API as a server would refuse to start with, each as `NAME: what to do`. */
export const problemsOfServer = (environment: Environment): readonly string[] => problemsIn(serverSettings, environment, rules)

/**
 * Seals sign-ins with the wrapping keys of the environment, and without any with the API keys. All servers of an installation have the same.
 */
export const signInsOf = ({ wrapping, apiKeys }: Pick<ApiConfig, 'wrapping' | 'apiKeys'>): SignInCipher =>
  new SignInCipher(wrapping.keys.length > 0 ? wrapping.keys.map(({ key }) => key) : apiKeys.map((key) => Buffer.from(key)))

const completed = (environment: Environment): Environment => withProject(withNotificationSecrets(environment))

/** Cloud Functions sets GCLOUD_PROJECT and reserves GOOGLE_CLOUD_PROJECT. Everywhere else GOOGLE_CLOUD_PROJECT is set. */
const withProject = (environment: Environment): Environment => ({
  ...environment,
  GOOGLE_CLOUD_PROJECT: environment['GOOGLE_CLOUD_PROJECT'] || environment['GCLOUD_PROJECT'],
})

const apiConfigOf = (settings: z.infer<typeof apiSettings>, environment: Environment): ApiConfig => ({
  ...configOf(settings, environment),
  apiKeys: settings.API_KEY,
  serverUrl: settings.API_SERVICE_URL ?? null,
})

const configOf = (settings: z.infer<typeof functionSettings>, environment: Environment): FunctionConfig => ({
  projectId: settings.GOOGLE_CLOUD_PROJECT,
  storage: storageOf(settings),
  taskQueue: settings.TASK_QUEUE,
  tasks: tasksOf(settings),
  wrapping: wrappingOf(settings),
  dataKeyMaxAgeDays: settings.DATA_KEY_MAX_AGE_DAYS ?? null,
  tenantDefaults: tenantDefaultsOf(settings),
  acceptsMessages: settings.MESSAGE_QUEUE_ENABLED,
  isRecoveryAutomatic: settings.AUTO_RECOVERY,
  thresholds: { cpu: settings.CPU_THRESHOLD, memory: settings.MEMORY_THRESHOLD },
  isMultiTenant: settings.ENABLE_MULTITENANCY,
  notifications: notificationsOf(settings),
  allowInside: settings.ALLOW_INSIDE_ADDRESSES ?? [],
  fleet: fleetOf(settings),
  publicUrl: publicUrlOf(settings),
  version: versionWith(settings.HOLDFAST_RELEASE),
  traces: tracesOf(settings),
  logLevel: settings.LOG_LEVEL,
  oldNames: oldNamesIn(environment),
})
