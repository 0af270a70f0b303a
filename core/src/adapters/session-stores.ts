import { within } from '../platform/deadlines.ts'
import { guardDocuments, guardObjects, timeLimit } from '../platform/guarded-stores.ts'
import { DirectoryJournals } from './directory/directory-journals.ts'
import { DirectoryLock } from './directory/directory-lock.ts'
import { DirectoryObjects } from './directory/directory-objects.ts'
import { JournalFiles } from './directory/journal-files.ts'
import { StoreDirectory } from './directory/store-directory.ts'
import type { KeyWrapping } from '../security/key-wrapping.ts'
import { createFirestoreClients, createGoogleClients, type FirestoreClients } from './google/clients.ts'
import type { OperationCounter } from './google/operation-counter.ts'
import type { Logger } from '../platform/logging.ts'
import type { ObjectStreams } from '../platform/object-streams.ts'
import type { Clock, DocumentCounter, DocumentStore, ObjectStore, StoreCheck } from '../platform/ports.ts'
import { DocumentJournals } from '../journal/document-journals.ts'
import type { JournalStore, ReadableJournals } from '../journal/journal-store.ts'
import type { StorageConfig } from '../platform/storage-settings.ts'
import { checkDocuments, checkObjects } from '../operations/store-checks.ts'
import { problemOf, type StoreProblem, type StoreReport } from '../operations/store-report.ts'

/** Time limit for one call. Google's clients would wait for minutes. */
const ANSWER_WITHIN_MS = 20_000

/** Time limit for one check. A store that needs longer counts as away, and the runner's document says so. */
const CHECKED_WITHIN_MS = 10_000

type LocalStorage = Extract<StorageConfig, { type: 'local' }>

interface StoresConfig {
  readonly projectId: string
  readonly storage: StorageConfig
}

/** The stores of a process that reads sessions and owns none. */
export interface ReadingStores {
  readonly documents: DocumentStore & DocumentCounter
  readonly objects: ObjectStore
  /** Where jobs are archived. Null when there is no bucket: the directory of a host is no archive. */
  readonly archives: ObjectStore | null
  /** The same store, for the bytes of media. */
  readonly media: ObjectStreams
  /** Checks the store of the objects. */
  readonly storage: StoreCheck
  /** Where journals are documents, they are read through `documents`. */
  journalsOn(documents: DocumentStore): ReadableJournals
}

export function openReadingStores({ projectId, storage }: StoresConfig): ReadingStores & { close(): Promise<void> } {
  if (storage.type !== 'local') {
    const { objects, ...firestore } = createGoogleClients({ projectId, bucket: storage.bucket })
    const journalsOn = (guarded: DocumentStore) => new DocumentJournals(guarded)
    return { ...firestore, objects, archives: objects, media: objects, storage: objects, journalsOn }
  }
  const clients = clientsBesideDirectory(projectId, storage)
  const directory = new StoreDirectory(storage.path)
  const objects = new DirectoryObjects(directory)
  const check = () => directory.assertUsable()
  return { ...clients, objects, media: objects, storage: { check }, journalsOn: () => new JournalFiles(directory) }
}

/** Opens what a process needs whose sessions lie in a directory. */
function clientsBesideDirectory(
  projectId: string,
  { bucket }: LocalStorage,
): FirestoreClients & { archives: ObjectStore | null } {
  if (bucket === undefined) return { ...createFirestoreClients({ projectId }), archives: null }
  const { objects, ...firestore } = createGoogleClients({ projectId, bucket })
  return { ...firestore, archives: objects }
}

/** The stores of a runner. Each call has a time limit. */
export interface RunnerStores {
  readonly documents: DocumentStore & DocumentCounter
  readonly journals: JournalStore
  readonly objects: ObjectStore
  /** Where jobs are archived. Null without a bucket. */
  readonly archives: ObjectStore | null
  /** The same store as `objects`, for the bytes of media. Its calls have no time limit, because they take as long as the bytes. */
  readonly media: ObjectStreams
  readonly operations: OperationCounter
  /**
   * Checks all stores and reports each problem with advice. In mode `local` it takes the directory for this process and brings
   * Firestore up to the journals that the process before left. The runner claims nothing before the report is valid.
   */
  check(): Promise<{ report: StoreReport; problems: readonly StoreProblem[] }>
  /** Closes everything. Merges that Firestore does not accept now are left to the next process. */
  close(): Promise<void>
}

export interface RunnerStoresOptions extends StoresConfig {
  readonly wrappingKey: KeyWrapping
  readonly runnerId: string
  readonly clock: Clock
  readonly logger: Logger
  /** Called when another process has taken the directory. This process has to end. */
  readonly onLost: () => void
}

/** One part of the check. It may run again. */
interface Check {
  readonly what: string
  readonly run: () => Promise<void>
}

export function openRunnerStores(options: RunnerStoresOptions): RunnerStores {
  const { storage, projectId } = options
  return storage.type === 'local' ? localStores(options, storage) : cloudStores(options, projectId, storage.bucket)
}

function cloudStores(options: RunnerStoresOptions, projectId: string, bucket: string): RunnerStores {
  const { clock, wrappingKey } = options
  const google = createGoogleClients({ projectId, bucket })
  const limit = timeLimit(clock, ANSWER_WITHIN_MS)
  const documents = guardDocuments(google.documents, limit)
  const objects = guardObjects(google.objects, limit)
  const checks = [
    { what: 'Firestore', run: () => within(clock, CHECKED_WITHIN_MS, checkDocuments(documents, wrappingKey)) },
    { what: 'Cloud Storage', run: () => within(clock, CHECKED_WITHIN_MS, checkObjects(objects, wrappingKey)) },
  ]
  const check = () => checkAll(options, `gs://${bucket}`, [checks])
  const { operations } = google
  const journals = new DocumentJournals(documents)
  return {
    documents,
    journals,
    objects,
    archives: objects,
    media: google.objects,
    operations,
    check,
    close: () => google.close(),
  }
}

function localStores(options: RunnerStoresOptions, storage: LocalStorage): RunnerStores {
  const { clock, logger, projectId, wrappingKey } = options
  const { path } = storage
  const google = clientsBesideDirectory(projectId, storage)
  const limit = timeLimit(clock, ANSWER_WITHIN_MS)
  const documents = guardDocuments(google.documents, limit)
  const directory = new StoreDirectory(path)
  const inDirectory = new DirectoryObjects(directory)
  const objects = guardObjects(inDirectory, limit)
  let lock: DirectoryLock | null = null
  const assertOurs = async () => lock?.assertHeld()
  const files = new JournalFiles(directory)
  const journals = new DirectoryJournals(directory, { files, documents, clock, logger, assertOurs })
  const takeDirectory = async (): Promise<void> => {
    await directory.assertUsable()
    await directory.initialize()
    lock ??= await DirectoryLock.acquire({ ...options, directory })
    await checkObjects(objects, wrappingKey)
  }
  const checks = [
    { what: 'Firestore', run: () => within(clock, CHECKED_WITHIN_MS, checkDocuments(documents, wrappingKey)) },
    { what: `The directory ${path}`, run: takeDirectory },
  ]
  const recovery = { what: 'Firestore, which has to take what the journals hold,', run: () => journals.recover() }
  return {
    documents,
    journals,
    objects,
    archives: google.archives && guardObjects(google.archives, limit),
    media: inDirectory,
    operations: google.operations,
    check: () => checkAll(options, path, [checks, [recovery]]),
    async close() {
      await journals.close()
      await lock?.release()
      await google.close()
    },
  }
}

/** Runs the steps one after the other, and stops after a step with a problem. */
async function checkAll({ clock, storage, logger }: RunnerStoresOptions, path: string, steps: readonly (readonly Check[])[]) {
  let problems: StoreProblem[] = []
  for (const step of steps) {
    if (problems.length > 0) break
    const found = await Promise.all(step.map((check) => troubleWith(check, logger)))
    problems = found.filter((problem) => problem !== null)
  }
  const reported = problems.map(({ code, sentence, advice }) => ({ code, sentence, advice }))
  const report = { type: storage.type, path, valid: problems.length === 0, problems: reported, checkedAt: new Date(clock.now()) }
  return { report, problems }
}

async function troubleWith({ what, run }: Check, logger: Logger): Promise<StoreProblem | null> {
  try {
    await run()
    return null
  } catch (error) {
    const problem = problemOf(what, error)
    logger.warn({ error, code: problem.code }, `${problem.sentence} ${problem.advice}`)
    return problem
  }
}
