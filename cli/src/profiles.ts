import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Failure, usage } from './failure.ts'

/** Where an API is, and the key for it. */
export interface Profile {
  readonly url: string
  readonly apiKey: string
  readonly tenant: string | null
}

/** PERSISTED CONTRACT: the file of the profiles. A later form has another `v`. */
interface Stored {
  readonly v: 1
  readonly current: string | null
  readonly profiles: Readonly<Record<string, Profile>>
}

export type Profiles = Omit<Stored, 'v'>

const NONE: Profiles = { current: null, profiles: {} }

/** Only its owner may read the file, because it has keys. */
const MODE = { file: 0o600, folder: 0o700 }

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/i

/** @throws Failure when the file is damaged, or of a later version */
export function readProfiles(file: string): Profiles {
  let text
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NONE
    throw new Failure(`${file} cannot be read: ${(error as Error).message}`)
  }
  const stored = parse(text)
  if (stored === null) throw new Failure(`${file} is damaged.`, { advice: 'Mend it, or remove it and add the profiles again.' })
  if (stored.v !== 1) throw new Failure(`${file} was written by a later version of holdfast.`)
  return { current: stored.current, profiles: stored.profiles }
}

/** Whether others than the owner may read the file. Windows has no such bits. */
export const isOpenToOthers = (file: string): boolean =>
  process.platform !== 'win32' && ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0

/** Replaces the file as a whole, so that a crash leaves the old one or the new one. */
export function writeProfiles(file: string, { current, profiles }: Profiles): void {
  mkdirSync(dirname(file), { recursive: true, mode: MODE.folder })
  const fresh = `${file}.${process.pid}`
  const stored: Stored = { v: 1, current, profiles }
  writeFileSync(fresh, `${JSON.stringify(stored, null, 2)}\n`, { mode: MODE.file })
  // The mode counts only for a file that is new.
  chmodSync(fresh, MODE.file)
  renameSync(fresh, file)
}

/** @throws Failure when a profile cannot have this name */
export function checkName(name: string): void {
  if (!NAME.test(name)) throw usage(`"${name}" is no name for a profile: letters, digits, and . _ - after the first.`)
}

function parse(text: string): Stored | null {
  try {
    const stored = JSON.parse(text) as Stored
    if (typeof stored !== 'object' || stored === null || typeof stored.v !== 'number') return null
    return stored.v !== 1 || isComplete(stored) ? stored : null
  } catch {
    return null
  }
}

const isComplete = ({ current, profiles }: Stored): boolean =>
  (current === null || typeof current === 'string') &&
  typeof profiles === 'object' &&
  profiles !== null &&
  Object.values(profiles).every(
    (profile) =>
      typeof profile?.url === 'string' &&
      typeof profile.apiKey === 'string' &&
      (profile.tenant === null || typeof profile.tenant === 'string'),
  )
