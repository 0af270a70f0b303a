import { tenantDefaultsOf, tenantRules, tenantVariables } from '@holdfast/core/operations/tenant-environment'
import type { TenantDefaults } from '@holdfast/core/operations/tenant-settings'
import {
  type Environment,
  encryptionKey,
  integer,
  projectId,
  readSettings,
  requiredText,
  switchedOn,
} from '@holdfast/core/platform/settings'
import { type StorageConfig, storageOf, storageRules, storageSettings } from '@holdfast/core/platform/storage-settings'
import { type TasksConfig, tasksOf, tasksSettings } from '@holdfast/core/platform/tasks-settings'
import { z } from 'zod'

/** An attacker could guess shorter keys. */
const MIN_API_KEY_LENGTH = 16

/** The variables of every function. */
const functionSettings = z.object({
  GOOGLE_CLOUD_PROJECT: projectId,
  ...storageSettings,
  ...tasksSettings,
  SESSION_ENCRYPTION_KEY: encryptionKey,
  /** Percent of a runner's container limits above which GET /health warns. */
  CPU_THRESHOLD: integer({ min: 1, max: 100, default: 70 }),
  MEMORY_THRESHOLD: integer({ min: 1, max: 100, default: 75 }),
  /** False: `POST /api/tenants` is refused, and there is the tenant `default` only. */
  ENABLE_MULTITENANCY: switchedOn(true),
  ...tenantVariables,
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
})

const rules = [...storageRules, ...tenantRules]

/** All variables of the API. */
export const apiSettings = functionSettings.extend({
  API_KEY: requiredText('the key that callers send as X-Api-Key').min(
    MIN_API_KEY_LENGTH,
    `must have at least ${MIN_API_KEY_LENGTH} characters, e.g. from \`openssl rand -hex 24\``,
  ),
})

export interface FunctionConfig {
  readonly projectId: string
  readonly storage: StorageConfig
  readonly tasks: TasksConfig
  readonly wrappingKey: Buffer
  /** Percent. */
  readonly thresholds: { readonly cpu: number; readonly memory: number }
  readonly isMultiTenant: boolean
  readonly tenantDefaults: TenantDefaults
  readonly logLevel: string
}

export interface ApiConfig extends FunctionConfig {
  readonly apiKey: string
}

/**
 * Reads the configuration of a function that callers do not reach, which has no API key.
 *
 * @throws HoldfastError `bad-configuration`, which lists all problems at once
 */
export const readFunctionConfig = (environment: Environment = process.env): FunctionConfig =>
  configOf(readSettings(functionSettings, withProject(environment), rules))

/** Reads the configuration of the API. Throws `bad-configuration`, which lists all problems at once. */
export function readApiConfig(environment: Environment = process.env): ApiConfig {
  const settings = readSettings(apiSettings, withProject(environment), rules)
  return { ...configOf(settings), apiKey: settings.API_KEY }
}

/** Cloud Functions sets GCLOUD_PROJECT and reserves GOOGLE_CLOUD_PROJECT. Everywhere else GOOGLE_CLOUD_PROJECT is set. */
const withProject = (environment: Environment): Environment => ({
  ...environment,
  GOOGLE_CLOUD_PROJECT: environment['GOOGLE_CLOUD_PROJECT'] || environment['GCLOUD_PROJECT'],
})

const configOf = (settings: z.infer<typeof functionSettings>): FunctionConfig => ({
  projectId: settings.GOOGLE_CLOUD_PROJECT,
  storage: storageOf(settings),
  tasks: tasksOf(settings),
  wrappingKey: settings.SESSION_ENCRYPTION_KEY,
  thresholds: { cpu: settings.CPU_THRESHOLD, memory: settings.MEMORY_THRESHOLD },
  isMultiTenant: settings.ENABLE_MULTITENANCY,
  tenantDefaults: tenantDefaultsOf(settings),
  logLevel: settings.LOG_LEVEL,
})
