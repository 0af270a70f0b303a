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
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
  const result = schema.safeParse(given)
  const wrong = result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  const problems = [...wrong, ...rules.map((rule) => rule(given as Environment)).filter((problem) => problem !== null)]
  if (result.success && problems.length === 0) return result.data
  const list = problems.map((problem) => `  ${problem}`).join('\n')
  throw new HoldfastError('bad-configuration', `The configuration has ${problems.length} problem(s):\n${list}`)
}

interface Range {
  readonly min: number
  readonly max: number
}

const wholeNumber = ({ min, max }: Range) =>
  z.coerce
    .number({ error: 'must be a number' })
    .int('must be a whole number')
    .min(min, `must be at least ${min}`)
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

/** 32 bytes as base64 or 64 hex digits. The message never contains the value. */
export const encryptionKey = z
  .string({ error: 'is required: 32 random bytes, e.g. from `openssl rand -base64 32`' })
  .transform((text, context) => {
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

/** The name of a time zone. */
export const timeZone = z.string().refine(isTimeZone, 'must be an IANA time zone, like America/Sao_Paulo')

export const projectId = requiredText('the Google Cloud project id')

/** Refuses to run without certificate checks: TLS authenticates WhatsApp's server. */
export const insecureTls: Rule = (environment) =>
  environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
    ? 'NODE_TLS_REJECT_UNAUTHORIZED: 0 switches off the check of certificates; unset it'
    : null
