import type { RawEntry } from '../../whatsapp/baileys/moving/device-state.ts'
import { refused } from '../refused.ts'

/**
 * Reads a JSON file with entries: an object by their names, as `redis-cli --json HGETALL` prints the hash in which Evolution keeps the
 * keys; a row of Evolution's table `Session` (`{sessionId, creds}`), or a list of such rows; or the credentials alone.
 *
 * @throws HoldfastError `cannot-move` when it is none of these, or has rows of several sessions and none is chosen
 */
export function readJsonDump(text: string, session: string | null): RawEntry[] {
  let json: unknown
  try {
    json = JSON.parse(text) as unknown
  } catch (cause) {
    throw refused('The file is cut or is no JSON.', cause)
  }
  if (Array.isArray(json)) {
    // `redis-cli` without `--json` in a list: names and values in turn.
    if (json.length % 2 === 0 && json.every((one) => typeof one === 'string')) return fromPairs(json)
    return chosen(json.filter(isRow), session)
  }
  if (typeof json !== 'object' || json === null) throw refused('The file has no object with keys.')
  if (isRow(json)) return chosen([json], session)
  if ('noiseKey' in json) return [{ name: 'creds', isFile: false, text }]
  return Object.entries(json).map(([name, value]) => entry(name, value))
}

interface Row {
  readonly sessionId: string
  readonly creds: unknown
}

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && 'creds' in value && 'sessionId' in value && typeof value.sessionId === 'string'

function chosen(rows: readonly Row[], session: string | null): RawEntry[] {
  const row = onlyOf(rows, ({ sessionId }) => sessionId, session)
  return [entry('creds', row.creds)]
}

/** @throws HoldfastError `cannot-move` unless the rows are those of one session, or of the named one among others */
export function onlyOf<R>(rows: readonly R[], sessionOf: (row: R) => string, session: string | null): R {
  const [row, ...more] = session === null ? rows : rows.filter((one) => sessionOf(one) === session)
  if (row === undefined) {
    throw refused(session === null ? 'The file has no rows of a session.' : `The file has no rows of the session "${session}".`)
  }
  if (more.length > 0) throw refused('The file has rows of several sessions. Name one with --source-session.')
  return row
}

const entry = (name: string, value: unknown): RawEntry => ({ name, isFile: false, text: textOf(value) })

/** A value that is nested without end is no value of Baileys. It is unreadable later, as an empty one is. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value)
  } catch {
    return ''
  }
}

const fromPairs = (pairs: readonly string[]): RawEntry[] =>
  pairs.flatMap((name, index) => (index % 2 === 0 ? [entry(name, pairs[index + 1] ?? '')] : []))
