import { z } from 'zod'
import { isTimeZone } from './days.ts'
import { HoldfastError } from './errors.ts'

/** Building blocks for the configuration of a process. They read the environment into a typed object and report all problems. */

export type Environment = Readonly<Record<string, string | undefined>>

/** A check across variables. Returns the problem as `NAME: what to do`, or null. */
export type Rule = (environment: Environment) => string | null

/** Reads the environment by a schema. Throws `bad-configuration` listing every problem, each with what to set. */
export function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  environment: Environment,
  rules: readonly Rule[] = [],
): z.infer<Schema> {
  const { data, problems } = judge(schema, environment, rules)
  if (problems.length === 0) return data as z.infer<Schema>
  const list = problems.map((problem) => `  ${problem}`).join('\n')
  throw new HoldfastError('bad-configuration', `The configuration has ${problems.length} problem(s):\n${list}`)
}

/** Returns what `readSettings` would complain about, each as `NAME: what to do`. */
export const problemsIn = (schema: z.ZodType, environment: Environment, rules: readonly Rule[]): readonly string[] =>
  judge(schema, environment, rules).problems

function judge(schema: z.ZodType, environment: Environment, rules: readonly Rule[]) {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
  const result = schema.safeParse(given)
  const wrong = result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  const broken = rules.map((rule) => rule(given as Environment)).filter((problem) => problem !== null)
  return { data: result.data, problems: [...wrong, ...broken] }
}

/** What an operator reads about a variable beside its description. */
export interface SettingNotes {
  /** The unit of a number, e.g. `ms`. */
  readonly unit?: string
  /** The field of a tenant's configuration that takes precedence, e.g. `pacing.dailyLimit`. */
  readonly tenant?: string
  /** A value for an example, of a variable without default. */
  readonly example?: string
  /** When a variable that can be missing is required, e.g. `unless X=y`. */
  readonly required?: string
  /** What holds without a value, for a variable that has no default and need not be set. */
  readonly without?: string
}

/** Describes a variable. `docs/CONFIGURATION.md` and the examples of environments are made from the descriptions. */
export const says = <Schema extends z.ZodType>(description: string, schema: Schema, notes: SettingNotes = {}): Schema =>
  schema.meta({ description, ...notes })

/** Returns the description of a variable, which is empty when it has none. */
export function notesOf(schema: z.ZodType): SettingNotes & { readonly description: string } {
  const { description = '', ...notes } = schema.meta() ?? {}
  return { description, ...(notes as SettingNotes) }
}

interface Range {
  readonly min: number
  readonly max: number
  /** Added to the complaint about a number below the minimum. */
  readonly hint?: string
}

const wholeNumber = ({ min, max, hint }: Range) =>
  z.coerce
    .number({ error: 'must be a number' })
    .int('must be a whole number')
    .min(min, `must be at least ${min}${hint === undefined ? '' : `: ${hint}`}`)
    .max(max, `must be at most ${max}`)

export const integer = (options: Range & { default: number }) => wholeNumber(options).default(options.default)

export const optionalInteger = (range: Range) => wholeNumber(range).optional()

/** Whole numbers, separated by commas. With `none` the word `none` stands for no numbers. */
export const integers = (options: Range & { default: readonly number[]; none?: true }) =>
  z
    .string()
    .default(options.default.join(','))
    .transform((text, context) => {
      if (options.none && text.trim() === 'none') return []
      const numbers = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN))
      if (numbers.every((number) => number >= options.min && number <= options.max)) return numbers
      const orNone = options.none ? ', or `none`' : ''
      const message = `must be whole numbers from ${options.min} to ${options.max}, separated by commas${orNone}`
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })

export const requiredText = (what: string) => z.string({ error: `is required: ${what}` }).min(1, `is required: ${what}`)

/** 32 bytes as base64 or 64 hex digits, without the line's end that a key from a file has. The message never contains the value. */
const keyOf32Bytes = z
  .string({ error: 'is required: 32 random bytes, e.g. from `openssl rand -base64 32`' })
  .transform((given, context) => {
    const text = given.trim()
    if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
    // Node skips characters that are no base64: a key with a typing error would silently become another key.
    if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return Buffer.from(text, 'base64')
    context.addIssue({ code: 'custom', message: 'must be 32 bytes as base64 or hex, e.g. from `openssl rand -base64 32`' })
    return z.NEVER
  })

/** A switch: `true` or `false`. */
export const switchedOn = (byDefault: boolean) =>
  z
    .enum(['true', 'false'], 'must be `true` or `false`')
    .default(byDefault ? 'true' : 'false')
    .transform((text) => text === 'true')

export const encryptionKey = says(
  'The key that wraps the data key of each session: 32 bytes as base64 or hex, e.g. from `openssl rand -base64 32`. A secret.',
  keyOf32Bytes,
)

/** The name of a time zone. */
export const timeZone = z.string().refine(isTimeZone, 'must be an IANA time zone, like America/Sao_Paulo')

export const projectId = says(
  'The id of the Google Cloud project. Cloud Functions sets it.',
  requiredText('the Google Cloud project id'),
  {
    example: 'my-project',
  },
)

/**
 * Checks that the first value is not above the second. The complaint is about the one that was set, with both values: the other may be
 * the default of the schema, which `defaults` repeats and the reader cannot see.
 */
export const ascending =
  (lower: string, upper: string, defaults: { readonly lower: number; readonly upper: number }): Rule =>
  (environment) => {
    const [least, most] = [environment[lower] ?? defaults.lower, environment[upper] ?? defaults.upper]
    if (!(Number(least) > Number(most))) return null
    const told = (name: string, value: string | number): string =>
      `${name} (${value}${environment[name] === undefined ? ', the default' : ''})`
    const wrong = environment[upper] === undefined ? lower : upper
    return `${wrong}: must fit the other value: ${told(lower, least)} is above ${told(upper, most)}`
  }

/** Refuses to run without certificate checks: TLS authenticates WhatsApp's server. */
export const insecureTls: Rule = (environment) =>
  environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
    ? 'NODE_TLS_REJECT_UNAUTHORIZED: 0 switches off the check of certificates; unset it'
    : null
