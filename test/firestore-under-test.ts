import { createGoogleClients, type GoogleClients } from '@holdfast/core/gcp/clients'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findFirestoreEmulator, firestoreProcess } from './sandbox/google/firestore-emulator.ts'
import { plainEnvironment } from './sandbox/environment.ts'
import { freePort } from './sandbox/ports.ts'

export interface FirestoreUnderTest extends AsyncDisposable {
  /** host:port */
  readonly address: string
  /** Each project is a database of its own. */
  readonly projectId: string
  readonly clients: GoogleClients
  /** Takes the emulator away while the clients stay. */
  kill(): Promise<void>
  /** SIGSTOP lets it hang, SIGCONT lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
}

const rules = fileURLToPath(new URL('../firestore.rules', import.meta.url))

/** An emulator of its own for a test file, with the product's rules and the product's clients. */
export async function startFirestore(): Promise<FirestoreUnderTest> {
  const shared = process.env['SHARED_FIRESTORE']
  return shared === undefined ? startOwn() : share(shared)
}

/** `npm run mutants` runs a few tests very often: a database of their own in one emulator is enough for them. */
async function share(address: string): Promise<FirestoreUnderTest> {
  const { projectId, clients } = connect(address)
  return {
    address,
    projectId,
    clients,
    kill: () => Promise.reject(new Error('Others use this emulator as well.')),
    signal: () => {
      throw new Error('Others use this emulator as well.')
    },
    [Symbol.asyncDispose]: () => clients.close(),
  }
}

function connect(address: string) {
  process.env['FIRESTORE_EMULATOR_HOST'] = address
  process.env['METADATA_SERVER_DETECTION'] = 'none'
  const projectId = `demo-${randomBytes(4).toString('hex')}`
  return { projectId, clients: createGoogleClients({ projectId, bucket: 'unused' }) }
}

async function startOwn(): Promise<FirestoreUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-firestore-'))
  const port = await freePort()
  const emulator = firestoreProcess({
    ...(await findFirestoreEmulator(process.env)),
    port,
    folder,
    rules,
    env: plainEnvironment(),
    log: join(folder, 'firestore.log'),
  })
  await emulator.start()
  const address = `127.0.0.1:${port}`
  const { projectId, clients } = connect(address)
  let killed = false
  return {
    address,
    projectId,
    clients,
    async kill() {
      killed = true
      await emulator.stop()
    },
    // Its process and the java that it runs are one group.
    signal: (signal) => void process.kill(-(emulator.pid ?? Number.NaN), signal),
    async [Symbol.asyncDispose]() {
      // Without its emulator the client has calls that it will try again for a minute, and to end it makes each of them an unhandled error.
      if (!killed) await clients.close()
      await emulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
