import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { says, type Environment, type Rule } from './settings.ts'

/**
 * Where the state of sessions is kept (`SESSION_STORAGE_TYPE`):
 *
 * hybrid  journals in Firestore, checkpoints in Cloud Storage, the state in the runner's memory while it owns the session
 * cloud   the same, but the state is in memory only as long as a connection
 * local   journals and checkpoints in a directory of one host, where one runner works
 */
export const STORAGE_TYPES = ['local', 'cloud', 'hybrid'] as const

export type StorageConfig =
  | { readonly type: 'local'; /** Absolute. */ readonly path: string; /** For archives only. */ readonly bucket?: string }
  | { readonly type: 'cloud' | 'hybrid'; readonly bucket: string }

/** Settings that each process spreads into its schema. `storageRules` checks how they depend on each other. */
export const storageSettings = {
  SESSION_STORAGE_TYPE: says(
    'Where the state of sessions is kept. `hybrid`: Firestore and Cloud Storage. `cloud`: the same, but a state is in memory only while its session is connected. `local`: a directory of the host of runner and functions. See `docs/ARCHITECTURE.md`, "Storage modes".',
    z.enum(STORAGE_TYPES, 'must be `local`, `cloud` or `hybrid`').default('hybrid'),
  ),
  SESSION_STORAGE_PATH: says('The absolute path of an existing directory.', z.string().optional(), {
    example: '/var/lib/holdfast',
    required: 'with `SESSION_STORAGE_TYPE=local`',
  }),
  STORAGE_BUCKET: says('The Cloud Storage bucket of checkpoints and archives.', z.string().optional(), {
    example: 'my-project-sessions',
    required: 'unless `SESSION_STORAGE_TYPE=local`',
  }),
}

const typeOf = ({ SESSION_STORAGE_TYPE }: Environment): string => SESSION_STORAGE_TYPE ?? 'hybrid'

const path: Rule = (environment) => {
  const { SESSION_STORAGE_PATH: given } = environment
  if (given === undefined) {
    return typeOf(environment) === 'local'
      ? 'SESSION_STORAGE_PATH: is required with SESSION_STORAGE_TYPE=local: the absolute path of a directory of this host'
      : null
  }
  if (given.startsWith('~'))
    return 'SESSION_STORAGE_PATH: must be absolute; `~` is not resolved here, write the home directory out'
  if (!isAbsolute(given)) {
    return 'SESSION_STORAGE_PATH: must be absolute, beginning with `/`; a relative path would depend on where the process is started'
  }
  return /^\/+$/.test(given) ? 'SESSION_STORAGE_PATH: must be a directory of its own, not the root of the file system' : null
}

const bucket: Rule = (environment) =>
  environment['STORAGE_BUCKET'] === undefined && typeOf(environment) !== 'local'
    ? 'STORAGE_BUCKET: is required: the Cloud Storage bucket for checkpoints'
    : null

export const storageRules: readonly Rule[] = [path, bucket]

/** The storage configuration of settings that passed `storageRules`. */
export function storageOf(settings: {
  SESSION_STORAGE_TYPE: (typeof STORAGE_TYPES)[number]
  SESSION_STORAGE_PATH?: string | undefined
  STORAGE_BUCKET?: string | undefined
}): StorageConfig {
  const { SESSION_STORAGE_TYPE: type, SESSION_STORAGE_PATH = '', STORAGE_BUCKET = '' } = settings
  if (type !== 'local') return { type, bucket: STORAGE_BUCKET }
  return { type, path: SESSION_STORAGE_PATH, ...(STORAGE_BUCKET === '' ? {} : { bucket: STORAGE_BUCKET }) }
}
