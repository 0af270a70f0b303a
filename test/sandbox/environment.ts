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
]

export function plainEnvironment(): Environment {
  return Object.fromEntries(
    passedOn.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** Where the product finds this world's Google: the variables that Google's own clients read. */
export function productEnvironment(identity: Identity, backends: { firestore: string; storage: string }): Environment {
  return {
    ...plainEnvironment(),
    GOOGLE_CLOUD_PROJECT: identity.project,
    GCLOUD_PROJECT: identity.project,
    FIRESTORE_EMULATOR_HOST: backends.firestore,
    STORAGE_EMULATOR_HOST: backends.storage,
    STORAGE_BUCKET: identity.bucket,
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
export function runnerEnvironment(identity: Identity, slot: string, probePort: number): Environment {
  return {
    INSTANCE_ID: `${identity.project}-${slot}`,
    PROBE_PORT: String(probePort),
    RESTART_PAUSE_LIMIT_MS: '1000',
    SIGNATURE_CHECK: 'enforce',
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
