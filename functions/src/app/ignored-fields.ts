import { z } from 'zod'
import { unknownField } from '../api/schemas.ts'

/**
 * Programs that were made for WAHA send fields that this version does not know, and `null` or an empty text for what they leave out. Such
 * fields are ignored, and the answer names them. A field that is required is missing then, and refused as such.
 */

export const IGNORED_FIELDS = 'X-Ignored-Fields'

type Path = readonly PropertyKey[]

interface Read<Schema extends z.ZodType> {
  readonly result: z.ZodSafeParseResult<z.output<Schema>>
  /** The fields that were left out, as `message.footer`. */
  readonly ignored: readonly string[]
}

/** Returns whether the fields that a schema does not know are ignored. Others are mistakes. */
const ignoresFields = (schema: z.ZodType): boolean => schema instanceof z.ZodObject && schema.def.catchall === unknownField

/**
 * Parses a body. What is to be ignored is removed from `given`, and the rest is parsed again. An empty field is ignored only where its
 * schema has no use for it.
 */
export function readIgnoring<Schema extends z.ZodType>(schema: Schema, given: unknown): Read<Schema> {
  const ignored: string[] = []
  for (;;) {
    const result = schema.safeParse(given)
    const paths = result.success || !ignoresFields(schema) ? [] : ignorable(result.error, given)
    if (paths.length === 0) return { result, ignored }
    for (const path of paths) if (remove(given, path)) ignored.push(path.join('.'))
  }
}

function ignorable({ issues }: z.ZodError, given: unknown): Path[] {
  const paths = issues.flatMap((issue): Path[] => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...issue.path, key])
    const isUnknown = issue.code === 'custom' && issue.params?.['isUnknown'] === true
    return isUnknown || isNothing(valueAt(given, issue.path)) ? [issue.path] : []
  })
  return paths.filter((path) => isField(given, path))
}

const isNothing = (value: unknown): boolean => value === null || value === ''

const isObject = (value: unknown): value is Record<PropertyKey, unknown> => typeof value === 'object' && value !== null

const valueAt = (given: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined), given)

/** Items of a list are not fields: without one, the others would be other items. */
function isField(given: unknown, path: Path): boolean {
  const [last] = path.slice(-1)
  const holder = valueAt(given, path.slice(0, -1))
  return last !== undefined && isObject(holder) && !Array.isArray(holder) && Object.hasOwn(holder, last)
}

/** Returns false when it was removed already. */
function remove(given: unknown, path: Path): boolean {
  if (!isField(given, path)) return false
  return Reflect.deleteProperty(valueAt(given, path.slice(0, -1)) as object, path.at(-1) as PropertyKey)
}

const MOST_CHARACTERS = 1000

/** Returns the value of the header. Names are text of the caller: only what a header may have stays as it is, and not without end. */
export function headerOf(ignored: readonly string[]): string {
  const names = [...new Set(ignored)].map((name) => encodeURIComponent(name.toWellFormed().slice(0, 100)))
  const text = names.join(', ')
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, text.lastIndexOf(', ', MOST_CHARACTERS))}, ...`
}
