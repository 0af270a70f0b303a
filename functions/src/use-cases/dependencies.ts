import type { ReadableJournals } from '@holdfast/core/journal/journal-store'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentCounter, DocumentStore, ObjectStore, StoreCheck, TaskQueues } from '@holdfast/core/platform/ports'
import type { WrappingKey } from '@holdfast/core/security/envelope'
import type { Thresholds } from './health-status.ts'
import type { Limits } from './limits.ts'
import type { TenantDirectory } from './tenant-directory.ts'

/** The dependencies of all use cases. Each use case names those that it needs. */
export interface Dependencies {
  readonly documents: DocumentStore & DocumentCounter
  readonly journals: ReadableJournals
  readonly objects: ObjectStore
  /** Where jobs are archived. Null in an installation without a bucket, which keeps its jobs. */
  readonly archives: ObjectStore | null
  /** Checks the store of `objects`. */
  readonly storage: StoreCheck
  readonly tasks: TaskQueues
  readonly tenants: TenantDirectory
  readonly limits: Limits
  /** `ENABLE_MULTITENANCY` */
  readonly isMultiTenant: boolean
  /** Of these functions. */
  readonly version: string
  readonly wrappingKey: WrappingKey
  readonly thresholds: Thresholds
  /** False: no new messages are accepted. */
  readonly acceptsMessages: boolean
  readonly clock: Clock
  readonly logger: Logger
}
