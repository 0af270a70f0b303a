import { open, readFile, stat } from 'node:fs/promises'
import type { RawEntry } from '../../whatsapp/baileys/moving/device-state.ts'
import { refused } from '../refused.ts'
import { readFolder } from './folder.ts'
import { readJsonDump } from './json-dump.ts'
import { readSqlDump } from './sql-dump.ts'
import { readWhatsmeowDump, readWhatsmeowFile } from './whatsmeow-store.ts'

/** The largest dump that is read. It is held in memory, as one text, and texts have a limit near this. */
const MOST_BYTES = 500 * 1024 * 1024

const BINARY = 'This is a binary dump of PostgreSQL. Make a text of it: pg_restore --file=dump.sql DUMP, and take dump.sql.'

/** Stores that are known and cannot be moved, by what their files have in them. */
const OTHERS: readonly { readonly mark: string; readonly why: string }[] = [
  {
    mark: 'signal_session',
    why: 'A store of zapo keeps Signal sessions in a form of its own, which cannot be converted. Unlink the device on the phone, and link it here by QR code or pairing code.',
  },
  {
    mark: 'SQLite format 3',
    why: 'An SQLite file is none of the formats that can be moved, unless it is a store of whatsmeow: a folder of Baileys, WAHA NOWEB (folder or text dump), Evolution (folder, rows, hash).',
  },
  { mark: 'PGDMP', why: BINARY },
  { mark: 'toc.dat', why: BINARY },
  { mark: 'REDIS0', why: "This is Redis' own dump. Print the hash of the session: redis-cli --json HGETALL KEY." },
]

/**
 * Reads the entries of a session from a folder or a file.
 *
 * @param session the session's name at the source, where a dump has several
 * @throws HoldfastError `cannot-move` when it cannot be read, or its format cannot be moved
 */
export async function readSource(path: string, session: string | null): Promise<RawEntry[]> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) {
      const entries = await readFolder(path)
      if (entries.some(({ name }) => name === 'file toc.dat')) throw refused(BINARY)
      return entries
    }
    if (!found.isFile()) throw refused('The source is neither a folder nor a file.')
    if (found.size > MOST_BYTES)
      throw refused('The source is larger than 500 MiB. Make a dump of the tables with the session only.')
    return await readDump(path, session)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (!/^E[A-Z]+$/.test(code)) throw error
    throw refused(`The source cannot be read (${code}).`, error)
  }
}

async function readDump(path: string, session: string | null): Promise<RawEntry[]> {
  const bytes = await headOf(path)
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw refused('The file is compressed. Unpack it first: gunzip FILE.')
  if (bytes.subarray(0, 15).equals(Buffer.from('SQLite format 3'))) {
    const whole = await readFile(path)
    if (whole.includes('whatsmeow_device')) return readWhatsmeowFile(path, session)
    throw refused(whyNot(whole))
  }
  if (bytes.includes(0)) throw refused(whyNot(await readFile(path)))
  const text = await readFile(path, 'utf8')
  if (/^\s*[[{"]/.test(text)) return readJsonDump(text, session)
  if (/^(COPY|INSERT INTO|CREATE TABLE) /m.test(text)) {
    if (text.includes('whatsmeow_device')) return readWhatsmeowDump(text, session)
    return readSqlDump(text, session)
  }
  throw refused(whyNot(bytes))
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

const whyNot = (bytes: Buffer): string =>
  OTHERS.find(({ mark }) => bytes.includes(mark))?.why ??
  'The source is none of the formats that can be moved: a folder of Baileys, WAHA NOWEB (folder or text dump), Evolution (folder, rows, hash).'
