import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { TenantDirectory } from '../../../functions/src/use-cases/tenant-directory.ts'
import type { StoredApi } from './stored-api.ts'

const DAY_MS = 86_400_000

/** What a schedule works with, so many days from now. */
export function nightlyDependencies(
  { api, clients: { documents, objects } }: StoredApi,
  days: number,
  backups: { keepLast: number; keepDays: number } = { keepLast: 2, keepDays: 0 },
) {
  const [logger, clock] = [createLogger('test', 'silent'), { ...systemClock, now: () => Date.now() + days * DAY_MS }]
  const defaults = { ...DEFAULT_TENANT_SETTINGS, backups }
  const tenants = new TenantDirectory({ documents, clock: systemClock, logger, defaults })
  return {
    documents,
    objects,
    media: objects,
    journals: new DocumentJournals(documents),
    tenants,
    wrappingKey: api.wrappingKey,
    clock,
    logger,
  }
}
