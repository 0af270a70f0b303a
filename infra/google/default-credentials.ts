import { usesEmulator } from '../config.ts'
import { runProgram } from './run-program.ts'

/** What gives a machine the credentials that Google's clients look for. The login of gcloud is another one. */
export const LOGIN = 'gcloud auth application-default login'

/** Finds out whether Google's clients have credentials on this machine. Without them they reject every call. An emulator wants none. */
export async function hasDefaultCredentials(): Promise<boolean> {
  if (usesEmulator()) return true
  const { code, output } = await runProgram(['gcloud', 'auth', 'application-default', 'print-access-token', '--quiet'])
  return code === 0 && output.trim() !== ''
}
