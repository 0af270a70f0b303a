import type { RawEntry } from '../../whatsapp/baileys/moving/device-state.ts'
import { refused } from '../refused.ts'
import { onlyOf } from './json-dump.ts'

/** A table of another program, and how its rows are read. */
interface Table {
  readonly name: string
  readonly columns: readonly [session: string, ...string[]]
  readonly entry: (row: Readonly<Record<string, string | null>>) => RawEntry
}

const TABLES: readonly Table[] = [
  // WAHA NOWEB: one row for each entry.
  {
    name: 'waha_auth',
    columns: ['session_id', 'key', 'value'],
    entry: ({ key, value }) => ({ name: key ?? '', isFile: false, text: value ?? '' }),
  },
  // Evolution: the credentials alone. Its keys are in Redis or in files.
  {
    name: 'Session',
    columns: ['sessionId', 'creds'],
    entry: ({ creds }) => ({ name: 'creds', isFile: false, text: creds ?? '' }),
  },
]

type Row = Readonly<Record<string, string | null>>

/**
 * Reads a dump that `pg_dump` made as text, with COPY (its default) or with `--column-inserts`.
 *
 * @throws HoldfastError `cannot-move` when it has no table of WAHA NOWEB or Evolution, or several sessions and none is chosen
 */
export function readSqlDump(text: string, session: string | null): RawEntry[] {
  for (const table of TABLES) {
    const rows = rowsOfTable(text, table.name)
    if (rows.length === 0) continue
    const [column] = table.columns
    if (rows.some((row) => table.columns.some((name) => row[name] === undefined))) {
      throw refused(`The table ${table.name} of the dump lacks a column (${table.columns.join(', ')}), or the dump is cut.`)
    }
    const sessions = [...new Set(rows.map((row) => row[column] ?? ''))]
    const only = onlyOf(sessions, (id) => id, session)
    return rows.filter((row) => row[column] === only).map(table.entry)
  }
  throw refused('The dump has neither rows of waha_auth (WAHA NOWEB) nor rows of "Session" (Evolution).')
}

/** The rows of one table, whatever its columns. */
export const rowsOfTable = (text: string, table: string): Row[] => [...copied(text, table), ...inserted(text, table)]

const quoted = (table: string): string => String.raw`(?:[\w"]+\.)?"?${table}"?`

function* copied(text: string, table: string): Generator<Row> {
  const begin = new RegExp(String.raw`^COPY ${quoted(table)} \(([^)]*)\) FROM stdin;\r?$`, 'gm')
  for (let found = begin.exec(text); found; found = begin.exec(text)) {
    const columns = namesOf(found[1] ?? '')
    let at = text.indexOf('\n', found.index) + 1
    while (at > 0 && at < text.length) {
      const end = text.indexOf('\n', at)
      const line = text.slice(at, end < 0 ? undefined : end).replace(/\r$/, '')
      if (line === String.raw`\.`) break
      const values = line.split('\t')
      if (values.length !== columns.length) throw refused('The dump is cut, or not as pg_dump writes it.')
      yield Object.fromEntries(columns.map((name, index) => [name, unescaped(values[index] ?? '')]))
      at = end < 0 ? 0 : end + 1
    }
    if (at <= 0 || at >= text.length) throw refused('The dump is cut: a table has no end.')
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** A value of COPY's text format. */
const unescaped = (value: string): string | null =>
  value === String.raw`\N` ? null : value.replaceAll(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character)

function* inserted(text: string, table: string): Generator<Row> {
  const begin = new RegExp(String.raw`^INSERT INTO ${quoted(table)} \(([^)]*)\) VALUES\s*`, 'gm')
  for (let found = begin.exec(text); found; found = begin.exec(text)) {
    const columns = namesOf(found[1] ?? '')
    let at = begin.lastIndex
    for (;;) {
      const { values, end } = tuple(text, at)
      if (values.length !== columns.length) throw refused('The dump is cut, or not as pg_dump writes it.')
      yield Object.fromEntries(columns.map((name, index) => [name, values[index] ?? null]))
      const next = /^\s*,\s*/.exec(text.slice(end, end + 64))
      if (!next) break
      at = end + next[0].length
    }
    begin.lastIndex = at
  }
}

/** Reads `(value, …)`: strings in quotes, and words such as NULL or numbers. */
function tuple(text: string, from: number): { values: (string | null)[]; end: number } {
  const values: (string | null)[] = []
  const value = /\s*(?:E?'((?:[^']|'')*)'|([^,()']+))\s*([,)])/y
  value.lastIndex = from + 1
  for (let found = text[from] === '(' ? value.exec(text) : null; found; found = value.exec(text)) {
    const [, string, word = '', after] = found
    values.push(string === undefined ? (/^NULL$/i.test(word.trim()) ? null : word.trim()) : string.replaceAll("''", "'"))
    if (after === ')') return { values, end: value.lastIndex }
  }
  throw refused('The dump is cut, or not as pg_dump writes it.')
}

const namesOf = (columns: string): string[] => columns.split(',').map((name) => name.trim().replaceAll('"', ''))
