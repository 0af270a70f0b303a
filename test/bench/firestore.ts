import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { plainEnvironment } from '../../sandbox/environment.ts'
import { SupervisedProcess } from '../../sandbox/processes.ts'
import type { FirestoreChoice } from './options.ts'

const PROGRAM = fileURLToPath(new URL('./light-firestore/main.ts', import.meta.url))

/**
 * Starts the Firestore of the run: the light one, as a process that all worlds share, each with a project of its own. With the emulator
 * each world starts its own.
 */
export async function startFirestoreOf(choice: FirestoreChoice): Promise<AsyncDisposable> {
  if (choice === 'emulator') return { async [Symbol.asyncDispose]() {} }
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-light-'))
  const light = new SupervisedProcess({
    name: 'light-firestore',
    entry: PROGRAM,
    args: ['--latency', String(choice.latencyMs)],
    env: plainEnvironment(),
    log: join(folder, 'light-firestore.log'),
    // It holds its data in memory: a restarted one would be empty.
    whenItDies: 'leave',
    ready: 'line',
  })
  const { port } = await light.start()
  process.env['SHARED_FIRESTORE'] = `127.0.0.1:${Number(port)}`
  return {
    async [Symbol.asyncDispose]() {
      delete process.env['SHARED_FIRESTORE']
      await light.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export const nameOf = (choice: FirestoreChoice): string =>
  choice === 'emulator' ? 'Google’s emulator' : `light, ${choice.latencyMs} ms`
