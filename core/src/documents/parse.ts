import { z } from 'zod'
import { HoldfastError } from '../errors.ts'

/** Reads a stored shape. Throws `bad-document` naming the place and every problem; never guesses. */
export function parseStored<Schema extends z.ZodType>(schema: Schema, stored: unknown, place: string): z.infer<Schema> {
  const result = schema.safeParse(stored)
  if (result.success) return result.data
  throw new HoldfastError('bad-document', `${place} does not have the expected shape: ${describe(result.error)}`, {
    advice: 'It was written by another version or changed by hand. Nothing was altered.',
  })
}

/** Paths and rules only: a value may be a secret. */
const describe = (error: z.ZodError): string =>
  error.issues
    .map(
      (issue) =>
        `${issue.path.join('.') || '(whole)'}: ${issue.code === 'invalid_type' ? `expected ${issue.expected}` : issue.code}`,
    )
    .join('; ')

/** A bytes field: Firestore's SDK gives Buffers. */
export const bytesSchema = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes')
