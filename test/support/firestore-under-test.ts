import { createGoogleClients, type GoogleClients } from '@holdfast/core/adapters/google/clients'
import { randomBytes } from 'node:crypto'
import { startEmulator } from './firestore-emulator.ts'

export interface FirestoreUnderTest extends AsyncDisposable {
  /** host:port */
  readonly address: string
  /** The project; each project is a separate database. */
  readonly projectId: string
  readonly clients: GoogleClients
}

/** A Firestore of its own, which the test may stop. */
export interface OwnFirestore extends FirestoreUnderTest {
  /** Stops the emulator while the clients stay open. */
  kill(): Promise<void>
  /** Signals the emulator: SIGSTOP makes it hang, SIGCONT resumes it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
}

/**
 * Opens a separate database for a test file, with the product's rules and the product's clients. With HOLDFAST_CONTRACT_FIRESTORE
 * (`projects/P/databases/D`) it is that database of the real service, which all files share and nobody empties.
 */
export async function startFirestore(): Promise<FirestoreUnderTest> {
  const real = process.env['HOLDFAST_CONTRACT_FIRESTORE']
  if (real) return openReal(real)
  const shared = process.env['SHARED_FIRESTORE']
  if (!shared) return startOwnFirestore()
  return openProject(shared)
}

/** Opens a separate database of a running Firestore. */
export function openProject(address: string): FirestoreUnderTest {
  const { projectId, clients } = newProject(address)
  return { address, projectId, clients, [Symbol.asyncDispose]: () => clients.close() }
}

/** Opens the same in a separate emulator. */
export async function startOwnFirestore(): Promise<OwnFirestore> {
  const emulator = await startEmulator()
  const { address } = emulator
  const { projectId, clients } = newProject(address)
  let killed = false
  return {
    address,
    projectId,
    clients,
    async kill() {
      killed = true
      await emulator.process.stop()
    },
    // The process and its Java child form one process group.
    signal: (signal) => void process.kill(-(emulator.process.pid ?? Number.NaN), signal),
    async [Symbol.asyncDispose]() {
      // A client without its emulator retries its calls for a minute. Closing it would turn each of them into an unhandled error.
      if (!killed) await clients.close()
      await emulator[Symbol.asyncDispose]()
    },
  }
}

function openReal(name: string): FirestoreUnderTest {
  const [, projectId = '', databaseId = ''] = /^projects\/([^/]+)\/databases\/([^/]+)$/.exec(name) ?? []
  if (databaseId === '') throw new Error('HOLDFAST_CONTRACT_FIRESTORE has to be like projects/P/databases/D.')
  const clients = createGoogleClients({ projectId, databaseId, bucket: 'unused' })
  return { address: 'firestore.googleapis.com:443', projectId, clients, [Symbol.asyncDispose]: () => clients.close() }
}

function newProject(address: string): { projectId: string; clients: GoogleClients } {
  process.env['FIRESTORE_EMULATOR_HOST'] = address
  process.env['METADATA_SERVER_DETECTION'] = 'none'
  const projectId = `demo-${randomBytes(4).toString('hex')}`
  return { projectId, clients: createGoogleClients({ projectId, bucket: 'unused' }) }
}
