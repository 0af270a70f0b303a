import type { ReadableJournals } from '@holdfast/core/journal/journal-store'
import type { Logger } from '@holdfast/core/platform/logging'
import type { ObjectStreams } from '@holdfast/core/platform/object-streams'
import type { Clock, DocumentCounter, DocumentStore, ObjectStore, StoreCheck, TaskQueues } from '@holdfast/core/platform/ports'
import type { Traces } from '@holdfast/core/platform/traces'
import type { FleetSizer } from '@holdfast/core/platform/runner-pool'
import type { KeyWrapping } from '@holdfast/core/security/key-wrapping'
import type { Thresholds } from './health-status.ts'
import type { SessionAvailability } from './health/session-availability.ts'
import type { KnownNumbers } from './known-numbers.ts'
import type { Limits } from './limits.ts'
import type { TenantDirectory } from './tenant-directory.ts'

/** The dependencies of all use cases. Each use case names those that it needs. */
export interface Dependencies {
  readonly documents: DocumentStore & DocumentCounter
  readonly journals: ReadableJournals
  readonly objects: ObjectStore
  /** Where jobs are archived. Null in an installation without a bucket, which keeps its jobs. */
  readonly archives: ObjectStore | null
  /** The bytes of media. */
  readonly media: ObjectStreams
  /** Checks the store of `objects`. */
  readonly storage: StoreCheck
  readonly tasks: TaskQueues
  readonly tenants: TenantDirectory
  readonly limits: Limits
  readonly availability: SessionAvailability
  readonly numbers: KnownNumbers
  /** `ENABLE_MULTITENANCY` */
  readonly isMultiTenant: boolean
  /** Where callers reach the API, without a slash at its end; empty or absent when it is not known. */
  readonly publicUrl?: string
  /** Of these functions. */
  readonly version: string
  readonly wrappingKey: KeyWrapping
  /** Encrypts and decrypts with a key of Cloud KMS. Absent or null where it is not used. */
  readonly tryKey?: ((key: string) => Promise<void>) | null
  /** `DATA_KEY_MAX_AGE_DAYS`. Absent or null: data keys are only renewed on request. */
  readonly dataKeyMaxAgeDays?: number | null
  readonly thresholds: Thresholds
  /** `AUTO_RECOVERY`. False: recoveries are only proposed. */
  readonly isRecoveryAutomatic: boolean
  /** False: no new messages are accepted. */
  readonly acceptsMessages: boolean
  /** Sizes the fleet on Cloud Run. Absent or null where nothing does. */
  readonly fleet?: FleetSizer | null
  /** Absent: nothing is traced. */
  readonly traces?: Traces
  readonly clock: Clock
  readonly logger: Logger
}
