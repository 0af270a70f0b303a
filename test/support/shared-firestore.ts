import { startEmulator } from './firestore-emulator.ts'

/** Starts one emulator for all test files that do not stop it, because a start takes seconds of CPU. Each has own projects. */
export async function setup(): Promise<() => Promise<void>> {
  // A caller that runs tests repeatedly starts the emulator once and sets the variable.
  // Nothing has to start where the tests run against the real service, or need none.
  const given = ['SHARED_FIRESTORE', 'HOLDFAST_CONTRACT_FIRESTORE', 'HOLDFAST_CONTRACT_BUCKET']
  if (given.some((name) => process.env[name] !== undefined)) return () => Promise.resolve()
  // It serves a whole run. After some hundred commits the optimizing compiler has paid for itself, and a commit takes 40 % of the work.
  const emulator = await startEmulator({ forLong: true })
  process.env['SHARED_FIRESTORE'] = emulator.address
  return async () => await emulator[Symbol.asyncDispose]()
}
