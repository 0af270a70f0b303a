import { z } from 'zod'
import { HoldfastError } from './errors.ts'

/**
 * Parses a stored shape and never guesses.
 *
 * @throws HoldfastError `unknown-version` when a later program wrote it, else `bad-document` naming the place and every problem.
 */
export function parseStored<Schema extends z.ZodType>(schema: Schema, stored: unknown, place: string): z.infer<Schema> {
  const result = schema.safeParse(stored)
  if (result.success) return result.data
  const version = versionOf(stored)
  if (version !== null && result.error.issues.some(({ path }) => path.join('.') === 'v')) {
    throw new HoldfastError('unknown-version', `${place} has version ${version}, which this program does not know.`, {
      advice: 'It was written by a later version of Holdfast: deploy that one. Nothing was altered.',
    })
  }
  throw new HoldfastError('bad-document', `${place} does not have the expected shape: ${describe(result.error)}`, {
    advice: 'It was written by another version or changed by hand. Nothing was altered.',
  })
}

/** Returns the parsed document, or the error that says what is wrong with it. */
export function parseUnlessDamaged<Schema extends z.ZodType>(
  schema: Schema,
  { fields, path }: { readonly fields: unknown; readonly path: string },
): z.infer<Schema> | HoldfastError {
  try {
    return parseStored(schema, fields, path)
  } catch (error) {
    if (error instanceof HoldfastError) return error
    throw error
  }
}

function versionOf(stored: unknown): number | null {
  const version = typeof stored === 'object' && stored !== null && 'v' in stored ? stored.v : null
  return typeof version === 'number' ? version : null
}

/** Describes problems by paths and rules only: a value may be a secret. */
const describe = (error: z.ZodError): string =>
  error.issues
    .map(
      (issue) =>
        `${issue.path.join('.') || '(whole)'}: ${issue.code === 'invalid_type' ? `expected ${issue.expected}` : issue.code}`,
    )
    .join('; ')

/** A bytes field: Firestore's SDK gives Buffers. */
export const bytesSchema = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes')
