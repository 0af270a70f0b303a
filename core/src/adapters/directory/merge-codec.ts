import { z } from 'zod'
import { decodeFields, encodeFields } from '../../platform/document-json.ts'
import { parseStored } from '../../platform/parse.ts'
import { Append, SERVER_TIME, type Merge } from '../../platform/ports.ts'

/**
 * PERSISTED CONTRACT v1: merges as JSON, `[{ path, fields }]`. Fields are written as in `document-json.ts`, and an Append as an object
 * with the one name `$append` (the elements).
 */
const mergesSchema = z.array(z.object({ path: z.string(), fields: z.record(z.string(), z.unknown()) }))

/** Encodes merges. Firestore's own time becomes the time of the record, so that a merge says the same whenever it is made. */
export const encodeMerges = (merges: readonly Merge[], at: Date): string =>
  JSON.stringify(
    merges.map(({ path, fields }) => ({
      path,
      fields: encodeFields(fields, (value, encode) => {
        if (value === SERVER_TIME) return { $date: at.toISOString() }
        return value instanceof Append ? { $append: value.elements.map(encode) } : undefined
      }),
    })),
  )

/** @throws HoldfastError `bad-document` */
export function decodeMerges(json: string, place: string): Merge[] {
  return parseStored(mergesSchema, JSON.parse(json), place).map(({ path, fields }) => ({
    kind: 'merge',
    path,
    fields: decodeFields(fields, (value, decode) => {
      const { $append } = value as Record<string, unknown>
      return Array.isArray($append) ? new Append(...$append.map(decode)) : undefined
    }),
  }))
}
