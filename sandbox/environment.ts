import type { Identity } from './folder.ts'
import { type RealStores, realStoresEnvironment } from './real-stores.ts'

type Environment = Record<string, string>

// The only variables that the sandbox's processes inherit. Credentials and settings of the user's shell stay outside.
const passedOn = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'JAVA_HOME',
  'NODE_EXTRA_CA_CERTS',
  'NODE_V8_COVERAGE',
  'NODE_COMPILE_CACHE',
]

export function plainEnvironment(): Environment {
  return Object.fromEntries(
    passedOn.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

export const STORAGE_TYPES = ['local', 'cloud', 'hybrid'] as const

export type StorageType = (typeof STORAGE_TYPES)[number]

/** Returns the settings for the place of sessions. A directory needs no bucket. */
export function storageEnvironment(type: StorageType, identity: Identity, directory: string): Environment {
  if (type === 'local') return { SESSION_STORAGE_TYPE: type, SESSION_STORAGE_PATH: directory }
  return { SESSION_STORAGE_TYPE: type, STORAGE_BUCKET: identity.bucket }
}

/** The addresses of the stand-ins for Google's services. */
export interface Backends {
  /** host:port */
  firestore: string
  /** URL */
  storage: string
  /** host:port */
  tasks: string
}

/** Google's own Firestore and Cloud Storage take the place of the stand-ins where `stores` names some. */
export interface ReachedBackends extends Backends {
  stores?: RealStores | undefined
  /** `host:port` of the stand-in for Cloud KMS. Absent: the key of the environment wraps. */
  kms?: string | undefined
}

/** The full name of the key that wraps the data keys of a sandbox. */
export const kmsKeyOf = ({ project }: Identity): string =>
  `projects/${project}/locations/us-central1/keyRings/holdfast/cryptoKeys/wrapping`

const wrappingEnvironment = (identity: Identity, kms: string | undefined): Environment =>
  kms === undefined
    ? { SESSION_ENCRYPTION_KEY: identity.sessionEncryptionKey }
    : { KMS_KEY: kmsKeyOf(identity), CLOUD_KMS_EMULATOR_HOST: kms }

const storesEnvironment = ({ firestore, storage, stores }: ReachedBackends): Environment =>
  stores === undefined
    ? {
        FIRESTORE_EMULATOR_HOST: firestore,
        STORAGE_EMULATOR_HOST: storage,
        // The sandbox has no metadata server, and a client that looks for one prints warnings.
        METADATA_SERVER_DETECTION: 'none',
      }
    : realStoresEnvironment(stores)

/** Returns the variables by which Google's clients in the product find the stand-ins, and Cloud Tasks finds the functions. */
export function productEnvironment(identity: Identity, backends: ReachedBackends, functionsUrl: string): Environment {
  return {
    ...plainEnvironment(),
    GOOGLE_CLOUD_PROJECT: identity.project,
    GCLOUD_PROJECT: identity.project,
    ...storesEnvironment(backends),
    CLOUD_TASKS_EMULATOR_HOST: backends.tasks,
    FUNCTIONS_URL: functionsUrl,
    PUBLIC_URL: functionsUrl,
    ...wrappingEnvironment(identity, backends.kms),
    HEARTBEAT_INTERVAL_MS: '1000',
    RUNNER_DEAD_AFTER_MS: '4000',
    HEALTH_CHECK_INTERVAL: '2000',
    // A demo must not wait half a minute for each message. Tests of the pacing switch it on.
    PACING: 'false',
    LOG_LEVEL: 'info',
  }
}

export function functionsEnvironment(identity: Identity): Environment {
  return {
    API_KEY: identity.apiKey,
    FIREBASE_CONFIG: JSON.stringify({ projectId: identity.project, storageBucket: identity.bucket }),
  }
}

/** The setting of every process where no functions and no Cloud Tasks are. */
export const SELF_HOSTED: Environment = { TASK_QUEUE: 'embedded' }

export const serverEnvironment = (identity: Identity, port: number): Environment => ({
  API_KEY: identity.apiKey,
  PORT: String(port),
})

/** Returns the settings of one runner slot. Like a container, a slot keeps its instance id and port when its process restarts. */
export function runnerEnvironment(
  identity: Identity,
  slot: { name: string; probePort: number; neutralPort: number },
): Environment {
  return {
    INSTANCE_ID: `${identity.project}-${slot.name}`,
    // The preload `trust-simulator.ts` names the slot to the simulator.
    SANDBOX_SLOT: slot.name,
    PROBE_PORT: String(slot.probePort),
    NETWORK_NEUTRAL_HOSTS: `127.0.0.1:${slot.neutralPort}`,
    NETWORK_PROBE_INTERVAL_MS: '1000',
    NETWORK_PROBE_LIMIT_MS: '2000',
    // A runner in the cloud waits for minutes where these are seconds.
    RESTART_PAUSE_LIMIT_MS: '1000',
    RECONNECT_NETWORK_FIRST_MS: '300',
    RECONNECT_NETWORK_LIMIT_MS: '5000',
    RECONNECT_WHATSAPP_DELAYS_MS: '1000,2000,3000,4000,5000',
    REPLACED_DELAY_MIN_MS: '2000',
    REPLACED_DELAY_MAX_MS: '4000',
    // The limit is high because tests link many phones at once.
    MAX_PAIRINGS: '50',
  }
}

/** Returns the variables for the preload `trust-simulator.ts`. The product does not read them. */
export function whatsappEnvironment(whatsapp: { url: string; root: string | null; media: string | null }): Environment {
  return {
    SANDBOX_WHATSAPP_URL: whatsapp.url,
    ...(whatsapp.root ? { SANDBOX_WHATSAPP_ROOT: whatsapp.root } : {}),
    ...(whatsapp.media ? { SANDBOX_WHATSAPP_MEDIA: whatsapp.media } : {}),
  }
}

/** Returns the variables for the preload `shift-clock.ts`. */
export const clockEnvironment = (file: string): Environment => ({ SANDBOX_CLOCK_FILE: file })

/** The same for a clock of one process alone. */
export const skewEnvironment = (file: string): Environment => ({ SANDBOX_CLOCK_SKEW_FILE: file })
