import { randomUUID } from 'node:crypto'
import { link, mkdir, open, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HoldfastError } from '../../platform/errors.ts'

/** Rights for the runner's user only. */
const FILE_MODE = 0o600
const FOLDER_MODE = 0o700

/** Names of unfinished files, which a crash may leave. They are hidden and never read. */
const UNFINISHED = /^\..*\.new$/

export const isUnfinished = (name: string): boolean => UNFINISHED.test(name)

/**
 * Creates a file that is whole or absent at any moment, also after a power failure. It writes the file aside, syncs it, and links it to
 * its name; the file system refuses the link when the name is taken. The file is durable when this resolves.
 *
 * @throws HoldfastError `already-exists` when the name is taken.
 * @throws the file system's error. The file may exist all the same.
 */
export async function createFile(path: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
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
    // Linux's errors where a file system has no hard links.
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error
    throw new HoldfastError('store-unfit', `The file system of ${path} has no hard links.`, {
      advice: 'Durable records need hard links: use a directory on a file system of this host, such as ext4 or xfs.',
      cause: error,
    })
  }
}

async function writeWhole(path: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
  // `wx` never opens an existing file, which might be another name of one that counts.
  const file = await open(path, 'wx', FILE_MODE)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes added and removed names of a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Makes nested folders below an existing one, durably. */
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

/** Whether an error of the file system has one of these codes. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
