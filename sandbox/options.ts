import type { StorageType } from './environment.ts'
import type { Product } from './product.ts'
import type { RealStores } from './real-stores.ts'

export interface SandboxOptions {
  /** Number of runners; 1 by default. */
  runners?: number
  /** Folder of the data, which stays for the next start. By default a temporary folder that is removed at the stop. */
  folder?: string
  /** Address (host:port) of a running Firestore emulator. By default the sandbox starts its own, which takes seconds. */
  firestore?: string | undefined
  /** Whether the sandbox will run for more than some minutes. Its Firestore emulator then starts slower and works faster. */
  forLong?: boolean
  /**
   * A database and a bucket of Google that were made for this run. The product uses them with the credentials of the machine; neither the
   * emulator of Firestore nor the stand-in for Cloud Storage runs. Others than those of a run are refused.
   */
  stores?: RealStores
  /** Address of a server that speaks WhatsApp's protocol instead of the simulator, and its root key unless it is WhatsApp's. */
  whatsappUrl?: string
  whatsappRoot?: string
  /** Receives each part that is ready, with the milliseconds since the start. */
  onProgress?: (part: string, ms: number) => void
  runnerEnv?: Record<string, string>
  /** The API server has them, too. */
  functionsEnv?: Record<string, string>
  serverEnv?: Record<string, string>
  /** Whether the product reaches Google's services through `sandbox.proxies`, which can cut it off from them. */
  proxied?: boolean
  /** Whether `advanceClock` moves the wall clock of all parts. Firestore's clock stays as it is. */
  movableClock?: boolean
  /** Whether each runner reaches Google's services and WhatsApp through a network of its own, `sandbox.networkOf(slot)`. */
  runnerNetworks?: boolean
  /** Whether each runner has a wall clock of its own, which `sandbox.skewClock` sets wrong. */
  runnerClocks?: boolean
  /** Whether scheduled functions are called at their times; true by default. Otherwise only `fireSchedule` calls them. */
  schedules?: boolean
  /** Whether a stand-in for Cloud KMS wraps the data keys, in place of the key of the environment. */
  kms?: boolean
  /** Place of the sessions' state; `hybrid` by default. `local` uses a directory of the folder. */
  storage?: StorageType
  /**
   * Whether the product runs as on one machine without Cloud Functions and Cloud Tasks: the API server, with the embedded queue and the
   * schedules, takes the place of the functions host.
   */
  selfHosted?: boolean
  /** Whether the API also runs as a server beside the functions, as it is deployed. A `selfHosted` product has its server anyway. */
  apiServer?: boolean
  /** Whether the functions host runs; true by default. */
  functions?: boolean
  /** The product that runs; the sources by default. */
  product?: Product
  /** Programs that replace the product in the sandbox's own tests. */
  runnerEntry?: string
  /** Modules that runners import before anything else, for tests that break or measure something in them. */
  runnerPreloads?: readonly string[]
  functionsEntry?: string
}
