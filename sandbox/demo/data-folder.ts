import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Says which WhatsApp the sessions in a folder are linked with. */
const LINKED_WITH = 'linked-with.json'
const SIMULATOR = 'simulator'
const DATA = ['firestore', 'storage']

/**
 * Before a sandbox starts in a folder. What was linked with the simulator goes: the phones were in its memory, so every session
 * there would only find itself logged out. What was linked with another server is used with such a server again, and is put
 * aside for the simulator. Says what was done, if anything was.
 */
export async function prepareFolder(folder: string, whatsappUrl: string | undefined): Promise<string | null> {
  // A sandbox runs there, or was killed: the start finds out which, and discards what a killed one left.
  if (existsSync(join(folder, 'sandbox.json'))) return null
  const wanted = whatsappUrl ?? SIMULATOR
  const known = await linkedWith(folder)
  const present = DATA.filter((name) => existsSync(join(folder, name)))
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, LINKED_WITH), `${JSON.stringify({ whatsapp: wanted })}\n`)
  if (present.length === 0) return null
  if (known === SIMULATOR) {
    for (const name of present) await rm(join(folder, name), { recursive: true })
    return "The data of the last start was removed: it was linked with the simulator's phone, which was in its memory."
  }
  if (wanted !== SIMULATOR) return null
  const aside = join(folder, `aside-${Date.now()}`)
  await mkdir(aside)
  for (const name of present) await rename(join(folder, name), join(aside, name))
  return `The data here is linked with ${known ?? 'an unknown server'}; it was put aside in ${aside}.`
}

async function linkedWith(folder: string): Promise<string | null> {
  try {
    return (JSON.parse(await readFile(join(folder, LINKED_WITH), 'utf8')) as { whatsapp: string }).whatsapp
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
