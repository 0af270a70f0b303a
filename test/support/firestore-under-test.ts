import { createGoogleClients, type GoogleClients } from '@holdfast/core/adapters/google/clients'
import { randomBytes } from 'node:crypto'
import { startEmulator } from './firestore-emulator.ts'

export interface FirestoreUnderTest extends AsyncDisposable {
  /** host:port */
  readonly address: string
  /** Each project is a database of its own. */
  readonly projectId: string
  readonly clients: GoogleClients
}

/** One that may be harmed. */
export interface OwnFirestore extends FirestoreUnderTest {
  /** Takes the emulator away while the clients stay. */
  kill(): Promise<void>
  /** SIGSTOP lets it hang, SIGCONT lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
}

/** A database of its own for a test file, with the product's rules and the product's clients. */
export async function startFirestore(): Promise<FirestoreUnderTest> {
  const shared = process.env['SHARED_FIRESTORE']
  if (!shared) return startOwnFirestore()
  const { projectId, clients } = newProject(shared)
  return { address: shared, projectId, clients, [Symbol.asyncDispose]: () => clients.close() }
}

/** The same in an emulator of its own. */
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
    // Its process and the java that it runs are one group.
    signal: (signal) => void process.kill(-(emulator.process.pid ?? Number.NaN), signal),
    async [Symbol.asyncDispose]() {
      // Without its emulator the client has calls that it will try again for a minute, and to end it makes each of them an unhandled error.
      if (!killed) await clients.close()
      await emulator[Symbol.asyncDispose]()
    },
  }
}

function newProject(address: string): { projectId: string; clients: GoogleClients } {
  process.env['FIRESTORE_EMULATOR_HOST'] = address
  process.env['METADATA_SERVER_DETECTION'] = 'none'
  const projectId = `demo-${randomBytes(4).toString('hex')}`
  return { projectId, clients: createGoogleClients({ projectId, bucket: 'unused' }) }
}
