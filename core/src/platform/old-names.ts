import type { Environment } from './settings.ts'

/** Variables that operators may have in their environment from earlier systems, and what takes their place. Nothing reads them. */
export const OLD_NAMES: Readonly<Record<string, string>> = {
  SESSION_PATH:
    'The state of sessions is in Firestore and Cloud Storage. For a directory of this host set SESSION_STORAGE_TYPE=local and SESSION_STORAGE_PATH.',
  AUTH_PATH:
    'Credentials are part of the state of a session, which is in Firestore and Cloud Storage. For a directory of this host set SESSION_STORAGE_TYPE=local and SESSION_STORAGE_PATH.',
  BAILEYS_SESSIONS_PATH:
    "Sessions are not kept in Baileys' files. Their state is in Firestore and Cloud Storage; for a directory of this host set SESSION_STORAGE_TYPE=local and SESSION_STORAGE_PATH.",
  COMPANY_ID:
    'A company is a tenant. The id of a session begins with its tenant, and each API key belongs to one; a runner serves the sessions of all tenants.',
}

export interface OldName {
  readonly name: string
  /** What takes its place. */
  readonly instead: string
}

/** Returns the old names that are set, without their values. */
export const oldNamesIn = (environment: Environment): OldName[] =>
  Object.entries(OLD_NAMES)
    .filter(([name]) => (environment[name] ?? '') !== '')
    .map(([name, instead]) => ({ name, instead }))

export const sentenceOfOldName = ({ name, instead }: OldName): string => `${name} is set, but nothing reads it. ${instead}`
