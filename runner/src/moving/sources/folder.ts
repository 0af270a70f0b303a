import type { Stats } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RawEntry } from '../../whatsapp/baileys/moving/device-state.ts'
import { refused } from '../refused.ts'
import { isChanged } from './file-look.ts'

/** No entry of Baileys is nearly as large. */
const MOST_BYTES = 64 * 1024 * 1024

/** The most bytes of all entries. They are held in memory. */
const MOST_BYTES_OF_ALL = 500 * 1024 * 1024

const ENDING = '.json'

/**
 * Reads the folder that Baileys' `useMultiFileAuthState` writes: one JSON file for each entry. WAHA NOWEB keeps the same files in the
 * folder of a session, beside its own.
 *
 * @throws HoldfastError `cannot-move` when it is too large, or somebody changes it meanwhile
 */
export async function readFolder(folder: string): Promise<RawEntry[]> {
  const entries: RawEntry[] = []
  const before = await lookAt(folder)
  let left = MOST_BYTES_OF_ALL
  for (const [file, found] of before) {
    const isEntry = file.endsWith(ENDING) && found.size <= MOST_BYTES && found.isFile()
    // A name that is none of Baileys' is only listed.
    if (!isEntry) entries.push({ name: `file ${file}`, isFile: true, text: '' })
    else {
      left -= found.size
      if (left < 0) throw refused('The files of the folder have more than 500 MiB. Take the folder of one session.')
      entries.push({ name: file.slice(0, -ENDING.length), isFile: true, text: await readFile(join(folder, file), 'utf8') })
    }
  }
  const after = await lookAt(folder)
  const changed = [...before.keys(), ...after.keys()].some((file) => isChanged(before.get(file), after.get(file)))
  if (changed) throw refused('The folder changed while it was read: a program uses it. Stop that program, and take a copy then.')
  return entries
}

async function lookAt(folder: string): Promise<Map<string, Stats>> {
  const found = new Map<string, Stats>()
  for (const file of (await readdir(folder)).toSorted()) found.set(file, await stat(join(folder, file)))
  return found
}
