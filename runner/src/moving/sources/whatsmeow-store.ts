import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { RawEntry } from '../../whatsapp/baileys/moving/device-state.ts'
import { entriesOfWhatsmeow, type Row, type WhatsmeowTable, WHATSMEOW_TABLES } from '../../whatsapp/baileys/moving/whatsmeow.ts'
import { refused } from '../refused.ts'
import { onlyOf } from './json-dump.ts'
import { rowsOfTable } from './sql-dump.ts'

type Tables = (table: WhatsmeowTable) => readonly Row[]

/**
 * Reads a device of whatsmeow from its SQLite file. Nothing is written, no journal either.
 *
 * @param session the device's JID or phone number, where the store has several
 * @throws HoldfastError `cannot-move` when it is no such store, is damaged, or has several devices and none is chosen
 */
export function readWhatsmeowFile(path: string, session: string | null): RawEntry[] {
  try {
    using database = new DatabaseSync(path, { readOnly: true })
    return entriesOf((table) => database.prepare(`SELECT * FROM ${table}`).all(), session)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_SQLITE_ERROR') throw error
    throw refused(
      'The SQLite file cannot be read as a store of whatsmeow: it is damaged, of an older version, or its -wal file is missing beside it.',
      error,
    )
  }
}

/** The same from a text dump of PostgreSQL. */
export const readWhatsmeowDump = (text: string, session: string | null): RawEntry[] =>
  entriesOf((table) => rowsOfTable(text, table), session)

function entriesOf(tables: Tables, session: string | null): RawEntry[] {
  const devices = tables('whatsmeow_device').map((row) => String(row['jid']))
  const named = session === null ? devices : devices.filter((jid) => isDeviceOf(jid, session))
  const jid = onlyOf(named, (device) => (session === null ? device : session), session)
  const rows: Tables = (table) => {
    const column = WHATSMEOW_TABLES[table]
    return column === null ? tables(table) : tables(table).filter((row) => row[column] === jid)
  }
  return entriesOfWhatsmeow(rows, systemClock.now())
}

/** A device is named by its JID, or by its phone number alone. */
const isDeviceOf = (jid: string, session: string): boolean => jid === session || jid.replace(/[.:@].*$/, '') === session
