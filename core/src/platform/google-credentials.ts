import { messageOf } from './errors.ts'
import type { Environment } from './settings.ts'

/** Where Google's clients of this process find their credentials. They read the same variables by themselves. */
export type CredentialsSource =
  /** The emulator of Firestore takes everything. */
  | { readonly type: 'emulator' }
  | { readonly type: 'file'; readonly path: string }
  /** The file of gcloud, or the metadata server of Google's machines. */
  | { readonly type: 'surroundings'; /** The URL of the metadata server. */ readonly metadataServer: string }

const METADATA_SERVER = 'http://169.254.169.254'

export function credentialsSourceOf(environment: Environment): CredentialsSource {
  if (environment['FIRESTORE_EMULATOR_HOST']) return { type: 'emulator' }
  const path = environment['GOOGLE_APPLICATION_CREDENTIALS']
  if (path) return { type: 'file', path }
  const host = environment['GCE_METADATA_HOST'] || environment['GCE_METADATA_IP'] || METADATA_SERVER
  return { type: 'surroundings', metadataServer: /^https?:\/\//.test(host) ? host : `http://${host}` }
}

export const NO_CREDENTIALS = {
  sentence: 'No Google credentials were found.',
  advice: 'Set GOOGLE_APPLICATION_CREDENTIALS to the file with the key of a service account, or run on Google Cloud.',
} as const

/** The beginnings of what google-auth-library 11.3.4 says. Its errors have no code of their own. */
const NOT_FOUND = 'Could not load the default credentials'
const FILE_TROUBLE = 'Unable to read the credential file specified by the GOOGLE_APPLICATION_CREDENTIALS'

/** Google's client found neither a file with credentials nor a metadata server. It has asked once and does not ask again. */
export const saysNoCredentials = (error: unknown): boolean => messageOf(error).startsWith(NOT_FOUND)

/** Google's client cannot use the file that GOOGLE_APPLICATION_CREDENTIALS names. */
export const saysBadCredentialsFile = (error: unknown): boolean => messageOf(error).startsWith(FILE_TROUBLE)
