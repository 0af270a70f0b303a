import { chmod, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeviceFile } from '../whatsapp/baileys/moving/device-files.ts'
import { refused } from './refused.ts'

/**
 * Makes a folder for keys, or takes an empty one. Only its user can read it.
 *
 * @throws HoldfastError `cannot-move` when there is something in it, or it cannot be made
 */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if ((await readdir(folder)).length > 0) throw refused('The folder is not empty. Name a new one.')
    await chmod(folder, 0o700)
  } catch (error) {
    if (!isFileError(error)) throw error
    throw refused(`The folder cannot be made or written (${error.code}).`, error)
  }
}

/** Writes the files and reads them back. On a failure it removes what it has written. */
export async function writeFiles(folder: string, files: readonly DeviceFile[]): Promise<void> {
  try {
    for (const { file, text } of files) await writeDurably(join(folder, file), text)
    for (const { file, text } of files) {
      if ((await readFile(join(folder, file), 'utf8')) !== text)
        throw refused('The folder gave back other bytes than were written.')
    }
    await syncFolder(folder)
  } catch (error) {
    for (const { file } of files) await rm(join(folder, file), { force: true })
    throw isFileError(error) ? refused(`The files cannot be written (${error.code}).`, error) : error
  }
}

async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException & { code: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)
