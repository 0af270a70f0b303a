import { startEmulator } from './firestore-emulator.ts'

/** One emulator for all test files that do not harm it: to start one costs seconds of CPU. Each file has projects of its own in it. */
export async function setup(): Promise<() => Promise<void>> {
  // Whoever runs tests many times over starts it once.
  if (process.env['SHARED_FIRESTORE'] !== undefined) return () => Promise.resolve()
  const emulator = await startEmulator()
  process.env['SHARED_FIRESTORE'] = emulator.address
  return async () => await emulator[Symbol.asyncDispose]()
}
