import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BadOption } from './options.ts'

/** Says which WhatsApp the sessions in a folder are linked with. */
const LINKED_WITH = 'linked-with.json'
const SIMULATOR = 'simulator'

/**
 * Before a sandbox starts in a folder. What was linked with the simulator goes: the phones were in its memory, so every session
 * there would only find itself logged out. What was linked with another server stays, for that server alone. True if
 * something was removed.
 */
export async function prepareFolder(folder: string, whatsappUrl: string | undefined): Promise<boolean> {
  const wanted = whatsappUrl ?? SIMULATOR
  const known = await linkedWith(folder)
  // A sandbox runs there, or was killed: the start finds out which, and discards what a killed one left.
  const isSettled = !existsSync(join(folder, 'sandbox.json'))
  const hasData = existsSync(join(folder, 'firestore')) || existsSync(join(folder, 'storage'))
  if (hasData && known === null) throw new BadOption(`${folder} holds data that npm start did not make. Use another --folder.`)
  if (hasData && known !== SIMULATOR && known !== wanted) {
    throw new BadOption(`The sessions in ${folder} are linked with ${known}. Give it as --whatsapp-url, or use another --folder.`)
  }
  const removes = hasData && isSettled && known === SIMULATOR
  if (removes) for (const name of ['firestore', 'storage']) await rm(join(folder, name), { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  if (isSettled) await writeFile(join(folder, LINKED_WITH), `${JSON.stringify({ whatsapp: wanted })}\n`)
  return removes
}

async function linkedWith(folder: string): Promise<string | null> {
  try {
    return (JSON.parse(await readFile(join(folder, LINKED_WITH), 'utf8')) as { whatsapp: string }).whatsapp
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
