import { givenToken } from '../config.ts'
import { runProgram } from './run-program.ts'

/** Returns an access token of whoever is logged in. Throws an error that says how to log in. */
export async function accessToken(): Promise<string> {
  const given = givenToken()
  if (given !== undefined) return given
  const { code, output, complaints } = await runProgram(['gcloud', 'auth', 'print-access-token', '--quiet'])
  const token = output.trim()
  if (code === 0 && token !== '') return token
  throw new Error(`gcloud has no access token. Log in with \`gcloud auth login --update-adc\`.\n${complaints.trim()}`)
}
