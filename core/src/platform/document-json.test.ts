import { expect, it } from 'vitest'
import { decodeFields, encodeFields } from './document-json.ts'

const throughJson = (fields: Record<string, unknown>) => decodeFields(JSON.parse(JSON.stringify(encodeFields(fields))))

it.each([
  ['dates', { at: new Date('2026-11-01T10:00:00.123Z') }],
  ['bytes', { bytes: Buffer.of(0, 1, 255) }],
  ['lists and maps', { list: [{ at: new Date(0) }, null, 'text', 1.5], map: { inner: { bytes: Buffer.of(7) } } }],
  ['maps that look like an encoded value', { map: { $date: 'not a date' }, other: { $bytes: 1, more: true } }],
])('fields with %s come back as they were', (_, fields) => {
  expect(throughJson(fields)).toEqual(fields)
})
