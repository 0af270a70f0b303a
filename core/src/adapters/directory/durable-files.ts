import { randomUUID } from 'node:crypto'
import { link, mkdir, open, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HoldfastError } from '../../platform/errors.ts'

/** Nobody but the runner's user. */
const FILE_MODE = 0o600
const FOLDER_MODE = 0o700

/** Files that are not whole yet, or were left by a crash before they were: hidden, and never read. */
const UNFINISHED = /^\..*\.new$/

export const isUnfinished = (name: string): boolean => UNFINISHED.test(name)

/**
 * Creates a file that is whole or not there, at any moment and after a power failure as well: written aside, synced, and given its
 * name by a link, which the file system refuses when the name is taken. The file is durable when this resolves.
 *
 * @throws HoldfastError `already-exists` when the name is taken.
 * @throws the file system's error; then the file may be there all the same.
 */
export async function createFile(path: string, bytes: Uint8Array): Promise<void> {
  const aside = join(dirname(path), `.${basename(path)}.${randomUUID()}.new`)
  try {
    await writeWhole(aside, bytes)
    await giveName(aside, path)
  } finally {
    await unlink(aside).catch(() => {})
  }
  await syncFolder(dirname(path))
}

async function giveName(aside: string, path: string): Promise<void> {
  try {
    await link(aside, path)
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw new HoldfastError('already-exists', `The file ${path} exists already.`, { cause: error })
    // What Linux says where there are no hard links; the folder itself could be written a moment ago.
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error
    throw new HoldfastError('store-unfit', `The file system of ${path} has no hard links.`, {
      advice: 'Records are made durable by them: use a directory on a file system of this host, such as ext4 or xfs.',
      cause: error,
    })
  }
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  // Never a file that is there: it might be the other name of one that counts.
  const file = await open(path, 'wx', FILE_MODE)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the names in a folder durable: those that were added and those that were removed. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Makes the folders on the way from one that exists, durably. */
export async function makeFolders(from: string, ...names: readonly string[]): Promise<string> {
  let path = from
  for (const name of names) {
    const parent = path
    path = join(parent, name)
    try {
      await mkdir(path, { mode: FOLDER_MODE })
    } catch (error) {
      if (hasCode(error, 'EEXIST')) continue
      throw error
    }
    await syncFolder(parent)
  }
  return path
}

/** Whether it is the file system's error of one of these names. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
