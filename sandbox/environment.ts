import type { Identity } from './folder.ts'

type Environment = Record<string, string>

// Nothing else of ours reaches the processes of the sandbox: neither credentials nor a setting somebody has in his shell.
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

/** Where the product keeps the state of sessions. In a directory it needs no bucket. */
export function storageEnvironment(type: StorageType, identity: Identity, directory: string): Environment {
  if (type === 'local') return { SESSION_STORAGE_TYPE: type, SESSION_STORAGE_PATH: directory }
  return { SESSION_STORAGE_TYPE: type, STORAGE_BUCKET: identity.bucket }
}

/** Where the product finds this world's Google: the variables that Google's own clients read. */
export function productEnvironment(identity: Identity, backends: { firestore: string; storage: string }): Environment {
  return {
    ...plainEnvironment(),
    GOOGLE_CLOUD_PROJECT: identity.project,
    GCLOUD_PROJECT: identity.project,
    FIRESTORE_EMULATOR_HOST: backends.firestore,
    STORAGE_EMULATOR_HOST: backends.storage,
    SESSION_ENCRYPTION_KEY: identity.sessionEncryptionKey,
    // There is no metadata server here, and a client that looks for one complains.
    METADATA_SERVER_DETECTION: 'none',
    HEARTBEAT_INTERVAL_MS: '1000',
    RUNNER_DEAD_AFTER_MS: '4000',
    HEALTH_CHECK_INTERVAL: '2',
    LOG_LEVEL: 'info',
  }
}

export function functionsEnvironment(identity: Identity): Environment {
  return {
    API_KEY: identity.apiKey,
    FIREBASE_CONFIG: JSON.stringify({ projectId: identity.project, storageBucket: identity.bucket }),
  }
}

/** A container keeps its instance id and its ports when the process in it is started again. */
export function runnerEnvironment(identity: Identity, slot: { name: string; probePort: number }): Environment {
  return {
    INSTANCE_ID: `${identity.project}-${slot.name}`,
    PROBE_PORT: String(slot.probePort),
    // Seconds where a runner in the cloud waits for minutes.
    RESTART_PAUSE_LIMIT_MS: '1000',
    RECONNECT_NETWORK_FIRST_MS: '300',
    RECONNECT_NETWORK_LIMIT_MS: '5000',
    RECONNECT_WHATSAPP_DELAYS_MS: '1000,2000,3000,4000,5000',
    REPLACED_DELAY_MIN_MS: '2000',
    REPLACED_DELAY_MAX_MS: '4000',
    // Tests link many phones at once.
    MAX_PAIRINGS: '50',
  }
}

/** Read by the preload `trust-simulator.ts`, not by the product. */
export function whatsappEnvironment(whatsapp: { url: string; root: string | null; media: string | null }): Environment {
  return {
    SANDBOX_WHATSAPP_URL: whatsapp.url,
    ...(whatsapp.root ? { SANDBOX_WHATSAPP_ROOT: whatsapp.root } : {}),
    ...(whatsapp.media ? { SANDBOX_WHATSAPP_MEDIA: whatsapp.media } : {}),
  }
}

/** Read by the preload `shift-clock.ts`. */
export const clockEnvironment = (file: string): Environment => ({ SANDBOX_CLOCK_FILE: file })
