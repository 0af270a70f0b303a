import { startEmulator } from './firestore-emulator.ts'

/** Starts one emulator for all test files that do not stop it, because a start takes seconds of CPU. Each has own projects. */
export async function setup(): Promise<() => Promise<void>> {
  // A caller that runs tests repeatedly starts the emulator once and sets the variable.
  if (process.env['SHARED_FIRESTORE'] !== undefined) return () => Promise.resolve()
  const emulator = await startEmulator()
  process.env['SHARED_FIRESTORE'] = emulator.address
  return async () => await emulator[Symbol.asyncDispose]()
}
