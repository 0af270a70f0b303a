import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DATA_FOLDERS } from '../folder.ts'

/** Names the file that records the WhatsApp server with which the sessions of a folder are linked. */
const LINKED_WITH = 'linked-with.json'
const SIMULATOR = 'simulator'

/**
 * Prepares the data in a folder for the start of a sandbox. Returns a sentence about what was moved or removed; null if nothing
 * was.
 * Removes data that was linked with the simulator: the simulator keeps its phones in memory, so that every session would find
 * itself logged out. Keeps data that was linked with another server when such a server is used again, and puts it aside for the
 * simulator.
 */
export async function prepareFolder(folder: string, whatsappUrl: string | undefined): Promise<string | null> {
  // A sandbox runs in the folder, or was killed. The start of the sandbox finds out which, and discards the data of a killed one.
  if (existsSync(join(folder, 'sandbox.json'))) return null
  const wanted = whatsappUrl ?? SIMULATOR
  const known = await linkedWith(folder)
  const present = DATA_FOLDERS.filter((name) => existsSync(join(folder, name)))
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, LINKED_WITH), `${JSON.stringify({ whatsapp: wanted })}\n`)
  if (present.length === 0) return null
  if (known === SIMULATOR) {
    for (const name of present) await rm(join(folder, name), { recursive: true })
    return "The data of the last start was removed, because the simulator's phone that it was linked with is gone."
  }
  if (wanted !== SIMULATOR) return null
  const aside = join(folder, `aside-${Date.now()}`)
  await mkdir(aside)
  for (const name of present) await rename(join(folder, name), join(aside, name))
  return `The data here is linked with ${known ?? 'an unknown server'}; it is now in ${aside}.`
}

async function linkedWith(folder: string): Promise<string | null> {
  try {
    return (JSON.parse(await readFile(join(folder, LINKED_WITH), 'utf8')) as { whatsapp: string }).whatsapp
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
