import type { ReadingStores } from '@holdfast/core/adapters/session-stores'
import type { TenantDefaults } from '@holdfast/core/operations/tenant-settings'
import { within } from '@holdfast/core/platform/deadlines'
import { HoldfastError, isHoldfastError, isStoreTrouble } from '@holdfast/core/platform/errors'
import { type Guard, guardDocuments, guardObjects } from '@holdfast/core/platform/guarded-stores'
import type { Bytes, ObjectStreams } from '@holdfast/core/platform/object-streams'
import type { Clock, DocumentCounter, DocumentStore, ObjectStore } from '@holdfast/core/platform/ports'
import type { Dependencies } from '../use-cases/dependencies.ts'
import { SessionAvailability } from '../use-cases/health/session-availability.ts'
import { KnownNumbers } from '../use-cases/known-numbers.ts'
import { Limits } from '../use-cases/limits.ts'
import { TenantDirectory } from '../use-cases/tenant-directory.ts'

/** Google's client would retry for minutes. A 503 comes sooner, and the caller can repeat the request. */
const STORE_DEADLINE_MS = 10_000

/** What a function begins with. `withStores` makes the rest from it. */
export type GivenDependencies = Omit<Dependencies, 'journals' | 'tenants' | 'limits' | 'availability' | 'numbers'> &
  ReadingStores & { readonly tenantDefaults: TenantDefaults }

/** Returns the stores that use cases work with, and what is made from them. */
export function withStores({ clock, logger, tenantDefaults: defaults, ...stores }: GivenDependencies) {
  const documents = withDeadline(stores.documents, clock, STORE_DEADLINE_MS)
  const objects = objectsWithDeadline(stores.objects, clock, STORE_DEADLINE_MS)
  const archives = stores.archives && objectsWithDeadline(stores.archives, clock, STORE_DEADLINE_MS)
  const media = streamsWithDeadline(stores.media, clock, STORE_DEADLINE_MS)
  const tenants = new TenantDirectory({ documents, clock, logger, defaults })
  const limits = new Limits({ documents, tenants, clock, logger })
  const availability = new SessionAvailability({ documents, clock, logger })
  const numbers = new KnownNumbers(clock)
  return { documents, objects, archives, media, tenants, limits, availability, numbers, journals: stores.journalsOn(documents) }
}

/**
 * Limits the time of each request to the database and turns its errors into `unavailable`, because a caller of the API can only
 * repeat the request. Use cases find out by reading whether a failed commit was applied, never from its error.
 */
const withDeadline = (documents: DocumentStore & DocumentCounter, clock: Clock, limitMs: number) =>
  guardDocuments(documents, orUnavailable(clock, limitMs, 'A request to the database failed.'))

/** Does the same for objects. An existing object and a missing bucket are answers, not outages, so these errors pass. */
const objectsWithDeadline = (objects: ObjectStore, clock: Clock, limitMs: number): ObjectStore =>
  guardObjects(objects, orUnavailable(clock, limitMs, 'A request to the store of objects failed.'))

/** Does the same for files, whose bytes have no limit of time. What the bytes of a caller throw passes. */
function streamsWithDeadline(media: ObjectStreams, clock: Clock, limitMs: number): ObjectStreams {
  const what = 'A request to the store of files failed.'
  const guard = orUnavailable(clock, limitMs, what)
  const inWords = (cause: unknown): unknown =>
    isHoldfastError(cause) ? cause : new HoldfastError('unavailable', what, { cause })
  return {
    sizeOf: (name) => guard(media.sizeOf(name)),
    remove: (name) => guard(media.remove(name)),
    createdBefore: (prefix, time) => media.createdBefore(prefix, time),
    async createFrom(name, bytes) {
      const given = watched(bytes)
      try {
        await media.createFrom(name, given.bytes)
      } catch (cause) {
        throw given.error() ?? inWords(cause)
      }
    },
    async *readRange(name, range) {
      try {
        yield* media.readRange(name, range)
      } catch (cause) {
        throw inWords(cause)
      }
    },
  }
}

/** Hands bytes on, and knows the error that they ended with. */
function watched(bytes: Bytes): { readonly bytes: Bytes; readonly error: () => unknown } {
  let own: unknown
  const handedOn = async function* () {
    try {
      yield* bytes
    } catch (error) {
      own = error
      throw error
    }
  }
  return { bytes: handedOn(), error: () => own }
}

const orUnavailable =
  (clock: Clock, limitMs: number, what: string): Guard =>
  async (request) => {
    try {
      return await within(clock, limitMs, request)
    } catch (cause) {
      if (isHoldfastError(cause, 'already-exists') || isStoreTrouble(cause)) throw cause
      throw new HoldfastError('unavailable', what, { cause })
    }
  }
