import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

const UNFINISHED = '.unfinished'

/** Writes a file that appears whole or not at all, and stays: written aside, synced, renamed, folder synced. */
export async function writeDurably(path: string, data: string | Uint8Array): Promise<void> {
  const aside = `${path}.${randomUUID()}${UNFINISHED}`
  try {
    const file = await open(aside, 'wx')
    try {
      await file.writeFile(data)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

export const isUnfinished = (name: string) => name.endsWith(UNFINISHED)

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
