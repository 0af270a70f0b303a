import { z } from 'zod'
import { parseStored } from '../../platform/parse.ts'
import { Append, SERVER_TIME, type Fields, type Merge } from '../../platform/ports.ts'

/**
 * PERSISTED CONTRACT v1: merges as JSON, `[{ path, fields }]`. Values that JSON lacks are objects with one name: `$date` (ISO 8601),
 * `$bytes` (base64), `$append` (the elements). An object with a name like these is wrapped in `$object`.
 */
const mergesSchema = z.array(z.object({ path: z.string(), fields: z.record(z.string(), z.unknown()) }))

/** Encodes merges. Firestore's own time becomes the time of the record, so that a merge says the same whenever it is made. */
export const encodeMerges = (merges: readonly Merge[], at: Date): string =>
  JSON.stringify(merges.map(({ path, fields }) => ({ path, fields: encodeFields(fields, at) })))

/** @throws HoldfastError `bad-document` */
export function decodeMerges(json: string, place: string): Merge[] {
  return parseStored(mergesSchema, JSON.parse(json), place).map(({ path, fields }) => ({
    kind: 'merge',
    path,
    fields: decodeFields(fields),
  }))
}

const encodeFields = (fields: Fields, at: Date): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, encode(value, at)]))

function encode(value: unknown, at: Date): unknown {
  if (value === SERVER_TIME) return { $date: at.toISOString() }
  if (value instanceof Append) return { $append: value.elements.map((element) => encode(element, at)) }
  if (value instanceof Date) return { $date: value.toISOString() }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map((element) => encode(element, at))
  if (value === null || typeof value !== 'object') return value
  const fields = encodeFields(value as Fields, at)
  return Object.keys(fields).some((name) => name.startsWith('$')) ? { $object: fields } : fields
}

const decodeFields = (fields: Fields): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, decode(value)]))

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (value === null || typeof value !== 'object') return value
  const { $date, $bytes, $append, $object } = value as Record<string, unknown>
  if (typeof $date === 'string') return new Date($date)
  if (typeof $bytes === 'string') return Buffer.from($bytes, 'base64')
  if (Array.isArray($append)) return new Append(...$append.map(decode))
  return decodeFields((typeof $object === 'object' && $object !== null ? $object : value) as Fields)
}
