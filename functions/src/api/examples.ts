/** A JSON schema, as the description of the API has it. */
interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly pattern?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly example?: unknown
  readonly examples?: readonly unknown[]
  readonly not?: object
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly propertyNames?: JsonSchema
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly prefixItems?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
}

export type NamedSchemas = Readonly<Record<string, JsonSchema>>

/** What stands in a field of this name, where the schema says nothing nearer. */
const BY_NAME: Readonly<Record<string, string>> = {
  chatId: '5511999990000@c.us',
  code: 'unknown-session',
  from: '5511999990000@c.us',
  id: '0123456789abcdef01234567',
  jid: '5511999990000:1@s.whatsapp.net',
  key: 'hf_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG',
  lid: '123456789012345@lid',
  name: 'main',
  pushName: 'Ana',
  reason: 'For a test.',
  runnerId: 'runner-1',
  sentence: 'The session is connected.',
  session: 'main',
  tenant: 'default',
  text: 'Hello',
  timeZone: 'America/Sao_Paulo',
  title: 'Hello',
  to: '5511999990000@c.us',
  token: 'hfs_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG',
  url: 'https://example.com/hook',
  userAction: 'Scan the QR code with the phone.',
  version: '0.1.0',
}

const BY_FORMAT: Readonly<Record<string, string>> = {
  'date-time': '2026-12-01T03:17:00.000Z',
  date: '2026-12-01',
  email: 'ops@example.com',
  uri: 'https://example.com/hook',
  uuid: '01234567-89ab-4def-8123-456789abcdef',
}

/** Of several values that a field can have, the one of a thing that is well. */
const PREFERRED: Readonly<Record<string, string>> = {
  status: 'WORKING',
  state: 'CONNECTED',
  reason: 'logged-in',
  role: 'admin',
  wanted: 'online',
}

/** What a thing that is well does not have. */
const ABSENT: ReadonlySet<string> = new Set([
  'userAction',
  'bannedUntil',
  'nextAttemptAt',
  'lastDisconnect',
  'presence',
  'cursor',
])

/** Deeper, a schema that refers to itself goes on for ever. */
const DEEPEST = 20

/**
 * Makes a value that a schema accepts, for people to see. Every field is there. A schema's own example counts first.
 *
 * @param name the field that the value is for
 */
export function exampleOf(schema: JsonSchema, named: NamedSchemas, name = '', depth = 0): unknown {
  if (ABSENT.has(name) && mayBeNull(schema)) return null
  const given = givenBy(schema, name)
  if (given !== undefined) return given
  if (schema.$ref !== undefined) {
    const found = named[schema.$ref.split('/').at(-1) ?? '']
    return found && depth < DEEPEST ? exampleOf(found, named, name, depth + 1) : null
  }
  const chosen = (schema.anyOf ?? schema.oneOf)?.find(({ type, not }) => type !== 'null' && !not)
  if (chosen) return exampleOf(chosen, named, name, depth + 1)
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, named, name, depth + 1)))
  return ofType(schema, named, name, depth)
}

function givenBy({ example, examples, const: only, enum: values }: JsonSchema, name: string): unknown {
  const preferred = values?.find((value) => value === PREFERRED[name])
  return example ?? examples?.[0] ?? only ?? preferred ?? values?.[0]
}

const mayBeNull = ({ type, anyOf = [] }: JsonSchema): boolean =>
  [type].flat().includes('null') || anyOf.some((one) => one.type === 'null')

function ofType(schema: JsonSchema, named: NamedSchemas, name: string, depth: number): unknown {
  const type = [schema.type].flat().find((each) => each !== 'null')
  switch (type) {
    case 'object':
      return objectOf(schema, named, depth)
    case 'array':
      return arrayOf(schema, named, name, depth)
    case 'string':
      return (schema.format && BY_FORMAT[schema.format]) ?? BY_NAME[name] ?? 'text'
    case 'integer':
    case 'number':
      return Math.min(Math.max(schema.minimum ?? 0, 1), schema.maximum ?? 1)
    case 'boolean':
      return true
    case undefined:
    default:
      return null
  }
}

function objectOf({ properties = {}, additionalProperties, propertyNames }: JsonSchema, named: NamedSchemas, depth: number) {
  const fields = Object.entries(properties).map(([name, field]) => [name, exampleOf(field, named, name, depth + 1)])
  if (fields.length > 0 || typeof additionalProperties !== 'object') return Object.fromEntries(fields) as object
  const [first] = propertyNames?.enum ?? []
  const name = typeof first === 'string' ? first : 'main'
  return Object.keys(additionalProperties).length === 0 ? {} : { [name]: exampleOf(additionalProperties, named, name, depth + 1) }
}

function arrayOf({ items, prefixItems }: JsonSchema, named: NamedSchemas, name: string, depth: number): unknown[] {
  if (prefixItems) return prefixItems.map((item) => exampleOf(item, named, name, depth + 1))
  if (!items || items.not || depth >= DEEPEST) return []
  // `sessions` has what is in `session`.
  return [exampleOf(items, named, name.replace(/s$/, ''), depth + 1)]
}
