import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { plainEnvironment } from '../../sandbox/environment.ts'
import { findFirestoreEmulator, firestoreProcess } from '../../sandbox/google/firestore-emulator.ts'
import { freePort } from '../../sandbox/ports.ts'
import type { SupervisedProcess } from '../../sandbox/processes.ts'

export interface RunningEmulator extends AsyncDisposable {
  /** host:port */
  readonly address: string
  readonly process: SupervisedProcess
}

const rules = fileURLToPath(new URL('../../firestore.rules', import.meta.url))

/** Starts Google's emulator with the product's rules. `forLong`: it will run for more than some minutes. */
export async function startEmulator({ forLong = false } = {}): Promise<RunningEmulator> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-firestore-'))
  const port = await freePort()
  const emulator = firestoreProcess({
    ...(await findFirestoreEmulator(process.env)),
    port,
    folder,
    rules,
    forLong,
    env: plainEnvironment(),
    log: join(folder, 'firestore.log'),
  })
  await emulator.start()
  return {
    address: `127.0.0.1:${port}`,
    process: emulator,
    async [Symbol.asyncDispose]() {
      await emulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
