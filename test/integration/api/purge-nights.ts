import type { GoogleClients } from '@holdfast/core/adapters/google/clients'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { performPurges } from '../../../functions/src/use-cases/purge/perform-purges.ts'
import type { TenantDirectory } from '../../../functions/src/use-cases/tenant-directory.ts'

const DAY_MS = 86_400_000

/** Every tenant has the settings of the installation. */
const TENANTS = { settingsOf: () => Promise.resolve(DEFAULT_TENANT_SETTINGS) } as unknown as TenantDirectory

/** Does what the schedule `cleanup` does about purges, so many days from now. */
export function purgesIn(days: number, { documents, objects }: Pick<GoogleClients, 'documents' | 'objects'>) {
  const clock = { ...systemClock, now: () => Date.now() + days * DAY_MS }
  const logger = createLogger('test', 'silent')
  return performPurges({ documents, objects, media: objects, tenants: TENANTS, clock, logger }, new Deadline(clock, 60_000))
}
