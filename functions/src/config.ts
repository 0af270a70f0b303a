import { type Environment, encryptionKey, integer, projectId, readSettings, requiredText } from '@holdfast/core/platform/settings'
import { type StorageConfig, storageOf, storageRules, storageSettings } from '@holdfast/core/platform/storage-settings'
import { z } from 'zod'

/** An attacker could guess shorter keys. */
const MIN_API_KEY_LENGTH = 16

/** All variables of the API. */
export const apiSettings = z.object({
  GOOGLE_CLOUD_PROJECT: projectId,
  ...storageSettings,
  SESSION_ENCRYPTION_KEY: encryptionKey,
  API_KEY: requiredText('the key that callers send as X-Api-Key').min(
    MIN_API_KEY_LENGTH,
    `must have at least ${MIN_API_KEY_LENGTH} characters, e.g. from \`openssl rand -hex 24\``,
  ),
  /** Percent of a runner's container limits above which GET /health warns. */
  CPU_THRESHOLD: integer({ min: 1, max: 100, default: 70 }),
  MEMORY_THRESHOLD: integer({ min: 1, max: 100, default: 75 }),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
})

export interface ApiConfig {
  readonly projectId: string
  readonly storage: StorageConfig
  readonly wrappingKey: Buffer
  readonly apiKey: string
  /** Percent. */
  readonly thresholds: { readonly cpu: number; readonly memory: number }
  readonly logLevel: string
}

/** Reads the configuration of the API. Throws `bad-configuration`, which lists all problems at once. */
export function readApiConfig(environment: Environment = process.env): ApiConfig {
  // Cloud Functions sets GCLOUD_PROJECT and reserves GOOGLE_CLOUD_PROJECT. Everywhere else GOOGLE_CLOUD_PROJECT is set.
  const project = environment['GOOGLE_CLOUD_PROJECT'] || environment['GCLOUD_PROJECT']
  const settings = readSettings(apiSettings, { ...environment, GOOGLE_CLOUD_PROJECT: project }, storageRules)
  return {
    projectId: settings.GOOGLE_CLOUD_PROJECT,
    storage: storageOf(settings),
    wrappingKey: settings.SESSION_ENCRYPTION_KEY,
    apiKey: settings.API_KEY,
    thresholds: { cpu: settings.CPU_THRESHOLD, memory: settings.MEMORY_THRESHOLD },
    logLevel: settings.LOG_LEVEL,
  }
}
