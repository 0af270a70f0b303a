import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundled } from './bundles.ts'
import { MovableClock } from './clock/movable-clock.ts'
import {
  clockEnvironment,
  skewEnvironment,
  type StorageType,
  functionsEnvironment,
  kmsKeyOf,
  plainEnvironment,
  productEnvironment,
  type ReachedBackends,
  runnerEnvironment,
  SELF_HOSTED,
  serverEnvironment,
  storageEnvironment,
  whatsappEnvironment,
} from './environment.ts'
import type { Folder } from './folder.ts'
import { SupervisedProcess } from './processes.ts'
import type { Product } from './product.ts'

export interface WhatsApp {
  url: string
  /** Null when the server's certificates lead to WhatsApp's own root. */
  root: string | null
  /** Base URL of the media host; null for WhatsApp's own. */
  media: string | null
}

/** The settings of a part that depend on the sandbox's options. */
export interface PartOptions {
  product: Product
  entry?: string | undefined
  env?: Record<string, string> | undefined
  preloads?: readonly string[] | undefined
  /** The place of sessions. */
  storage?: StorageType | undefined
  /** Whether the embedded queue takes the place of Cloud Tasks. */
  selfHosted?: boolean | undefined
  /** Base URL of the functions, which Cloud Tasks calls. */
  functionsUrl: string
  /** Null: the clock of the machine. */
  clock: MovableClock | null
  /** How wrong the clock of this part alone is; absent: not at all. */
  skew?: MovableClock | null
}

const clockPreload = (...clocks: (MovableClock | null | undefined)[]): string[] =>
  clocks.some(Boolean) ? [MovableClock.preload] : []
/** Google's client has to be changed before the product imports it. */
const storesPreload = ({ stores }: ReachedBackends): string[] =>
  stores === undefined ? [] : [new URL('./name-database.ts', import.meta.url).href]
const clockSettings = (clock: MovableClock | null) => (clock ? clockEnvironment(clock.file) : {})

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Runs the stand-in for Cloud Storage. It keeps everything on disk, so that it survives a kill, as the service does. */
export function storageProcess(folder: Folder, port: number): SupervisedProcess {
  return new SupervisedProcess({
    name: 'storage',
    entry: here('google/storage/main.ts'),
    args: ['--port', String(port), '--data', folder.storage],
    env: plainEnvironment(),
    log: folder.log('storage'),
    whenItDies: 'restart',
    ready: 'line',
  })
}

/** Runs the stand-in for Cloud KMS, with the key of the product. It keeps its keys on disk, so that they outlive it, as in the service. */
export function kmsProcess(folder: Folder, port: number): SupervisedProcess {
  return new SupervisedProcess({
    name: 'kms',
    entry: here('google/kms/main.ts'),
    args: ['--port', String(port), '--data', folder.kms, '--key', kmsKeyOf(folder.identity)],
    env: plainEnvironment(),
    log: folder.log('kms'),
    whenItDies: 'restart',
    ready: 'line',
  })
}

/** Runs the stand-in for Cloud Tasks. It keeps everything on disk, so that a task outlives it, as in the service. */
export function tasksProcess(folder: Folder, port: number, { clock }: Pick<PartOptions, 'clock'>): SupervisedProcess {
  return new SupervisedProcess({
    name: 'tasks',
    entry: here('google/tasks/main.ts'),
    args: ['--port', String(port), '--data', folder.tasks],
    preloads: clockPreload(clock),
    env: { ...plainEnvironment(), ...clockSettings(clock) },
    log: folder.log('tasks'),
    whenItDies: 'restart',
    ready: 'line',
  })
}

export async function createBucket(storage: string, project: string, name: string): Promise<void> {
  const response = await fetch(`${storage}/storage/v1/b?project=${project}`, { method: 'POST', body: JSON.stringify({ name }) })
  // 409: the bucket exists since an earlier start.
  if (!response.ok && response.status !== 409)
    throw new Error(`The bucket ${name} could not be created: ${await response.text()}`)
}

export function functionsProcess(
  folder: Folder,
  backends: ReachedBackends,
  port: number,
  options: PartOptions,
): SupervisedProcess {
  return new SupervisedProcess({
    name: 'functions',
    entry: here('google/functions/main.ts'),
    args: ['--port', String(port), '--entry', bundled(options.entry ?? options.product.functionsEntry)],
    preloads: [...clockPreload(options.clock), ...storesPreload(backends)],
    env: {
      ...productEnvironment(folder.identity, backends, options.functionsUrl),
      ...storageEnvironment(options.storage ?? 'hybrid', folder.identity, folder.sessions),
      ...functionsEnvironment(folder.identity),
      ...clockSettings(options.clock),
      ...options.env,
    },
    log: folder.log('functions'),
    whenItDies: 'restart',
    ready: 'line',
  })
}

/**
 * Runs the API as a server: beside the functions, or in their place where the product is `selfHosted`. There it also does what Cloud Tasks
 * and Cloud Scheduler would call functions for.
 */
export function serverProcess(folder: Folder, backends: ReachedBackends, port: number, options: PartOptions): SupervisedProcess {
  const source = options.entry ?? options.product.serverEntry
  if (source === null) throw new Error('This product has no API server.')
  return new SupervisedProcess({
    name: 'api',
    entry: bundled(source),
    preloads: [...clockPreload(options.clock), ...storesPreload(backends)],
    env: {
      ...productEnvironment(folder.identity, backends, options.functionsUrl),
      ...storageEnvironment(options.storage ?? 'hybrid', folder.identity, folder.sessions),
      ...serverEnvironment(folder.identity, port),
      ...(options.selfHosted ? SELF_HOSTED : {}),
      ...clockSettings(options.clock),
      ...options.env,
    },
    log: folder.log('api'),
    whenItDies: 'restart',
    ready: 'line',
  })
}

/** Runs the simulator. It keeps its state in memory and, like WhatsApp, survives when all of the product is killed. */
export function simulatorProcess(folder: Folder, { clock }: Pick<PartOptions, 'clock'>): SupervisedProcess {
  return new SupervisedProcess({
    name: 'simulator',
    entry: here('whatsapp/main.ts'),
    args: ['--port', '0'],
    preloads: clockPreload(clock),
    env: { ...plainEnvironment(), ...clockSettings(clock) },
    log: folder.log('simulator'),
    whenItDies: 'leave',
    ready: 'line',
  })
}

export function runnerProcess(
  folder: Folder,
  backends: ReachedBackends,
  whatsapp: WhatsApp,
  slot: { name: string; probePort: number; neutralPort: number },
  options: PartOptions,
): SupervisedProcess {
  const source = options.entry ?? options.product.runnerEntry
  return new SupervisedProcess({
    name: slot.name,
    // A preload of a test may change modules of the runner, which a bundle does not share with it.
    entry: options.preloads === undefined ? bundled(source) : source,
    // As in the image.
    flags: ['--max-semi-space-size=16'],
    preloads: [
      ...clockPreload(options.clock, options.skew),
      ...storesPreload(backends),
      // The next preload imports Baileys, which must find this limit in place. In the cloud the runner's `main.ts` imports it
      // first.
      pathToFileURL(options.product.inflateLimit).href,
      new URL('./trust-simulator.ts', import.meta.url).href,
      ...(options.preloads ?? []),
    ],
    env: {
      ...productEnvironment(folder.identity, backends, options.functionsUrl),
      ...storageEnvironment(options.storage ?? 'hybrid', folder.identity, folder.sessions),
      ...runnerEnvironment(folder.identity, slot),
      ...(options.selfHosted ? SELF_HOSTED : {}),
      ...whatsappEnvironment(whatsapp),
      ...clockSettings(options.clock),
      ...(options.skew ? skewEnvironment(options.skew.file) : {}),
      ...options.env,
    },
    log: folder.log(slot.name),
    whenItDies: 'restart',
    ready: 'alive',
  })
}
