import type { Fields } from './ports.ts'

/**
 * Fields of a document as JSON. PERSISTED CONTRACT v1: values that JSON lacks are objects with one name: `$date` (ISO 8601), `$bytes`
 * (base64). An object with a name like these is wrapped in `$object`.
 */

/** Encodes or decodes a value of a further kind. Returns undefined for every other value. */
type Further = (value: unknown, inner: (value: unknown) => unknown) => unknown

const nothingFurther: Further = () => undefined

export const encodeFields = (fields: Fields, further: Further = nothingFurther): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, encode(value, further)]))

function encode(value: unknown, further: Further): unknown {
  const encoded = further(value, (inner) => encode(inner, further))
  if (encoded !== undefined) return encoded
  if (value instanceof Date) return { $date: value.toISOString() }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map((element) => encode(element, further))
  if (value === null || typeof value !== 'object') return value
  const fields = encodeFields(value as Fields, further)
  return Object.keys(fields).some((name) => name.startsWith('$')) ? { $object: fields } : fields
}

export const decodeFields = (fields: Fields, further: Further = nothingFurther): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, decode(value, further)]))

function decode(value: unknown, further: Further): unknown {
  if (Array.isArray(value)) return value.map((element) => decode(element, further))
  if (value === null || typeof value !== 'object') return value
  const decoded = further(value, (inner) => decode(inner, further))
  if (decoded !== undefined) return decoded
  const { $date, $bytes, $object } = value as Record<string, unknown>
  if (typeof $date === 'string') return new Date($date)
  if (typeof $bytes === 'string') return Buffer.from($bytes, 'base64')
  return decodeFields((typeof $object === 'object' && $object !== null ? $object : value) as Fields, further)
}
