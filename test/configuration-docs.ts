import { OLD_NAMES } from '@holdfast/core/platform/old-names'
import { notesOf } from '@holdfast/core/platform/settings'
import { z } from 'zod'
import { apiSettings, serverSettings } from '../functions/src/config.ts'
import { runnerSettings } from '../runner/src/settings.ts'

/** Makes `docs/CONFIGURATION.md` and the examples of environments from the settings of the processes. */

const PROCESSES = {
  runner: { settings: runnerSettings, title: "The runner's configuration." },
  functions: { settings: apiSettings, title: 'The configuration of the functions.' },
  server: { settings: serverSettings, title: 'The configuration of the API as a server.' },
}

type ProcessName = keyof typeof PROCESSES

interface Setting {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly tenant: string | null
  readonly example: string
  /** As it would be written into an environment. Null for a variable without default. */
  readonly preset: string | null
  readonly isRequired: boolean
  /** When it is required, if it can be missing. */
  readonly required: string | null
  /** What holds without a value. */
  readonly without: string | null
  readonly range: string | null
}

function settingsOf(process: ProcessName): Setting[] {
  return Object.entries<z.ZodType>(PROCESSES[process].settings.shape).map(([name, schema]) => {
    const { description, unit = '', tenant = null, example = '', required = null, without = null } = notesOf(schema)
    const absent = schema.safeParse(undefined)
    const preset = absent.success && absent.data !== undefined ? written(absent.data) : null
    return {
      name,
      description,
      unit,
      tenant,
      example,
      preset,
      isRequired: !absent.success,
      required,
      without,
      range: rangeOf(schema),
    }
  })
}

const written = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value))

/** The limits of a number, or the words of a choice. */
function rangeOf(schema: z.ZodType): string | null {
  const inner = innermost(schema)
  if (inner instanceof z.ZodNumber) return `${inner.minValue} to ${inner.maxValue}`
  if (inner instanceof z.ZodEnum) return inner.options.map((word) => `\`${word}\``).join(', ')
  return null
}

function innermost(schema: unknown): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return innermost(schema.unwrap())
  if (schema instanceof z.ZodPipe) return innermost(schema.in)
  return schema
}

const defaultCell = ({ preset, isRequired, required, without }: Setting): string => {
  if (preset !== null) return `\`${preset}\``
  if (required !== null) return `**required** ${required}`
  return isRequired ? '**required**' : (without ?? '')
}

const row = (setting: Setting): string => {
  const { name, unit, tenant, description, range } = setting
  const cells = [`\`${name}\``, unit, defaultCell(setting), range ?? '', tenant ? `\`${tenant}\`` : '', description]
  return `| ${cells.join(' | ')} |`
}

const HEAD = ['| variable | unit | default | from, to | per tenant | what it does |', '| --- | --- | --- | --- | --- | --- |']

const table = (settings: readonly Setting[]): string => [...HEAD, ...settings.map(row)].join('\n')

export function configurationPage(): string {
  const [runner, functions] = [settingsOf('runner'), settingsOf('functions')]
  const names = (settings: readonly Setting[]) => new Set(settings.map(({ name }) => name))
  const shared = runner.filter((setting) => names(functions).has(setting.name) && setting.name !== 'LOG_LEVEL')
  const without = (settings: readonly Setting[]) => settings.filter(({ name }) => !names(shared).has(name))
  const beside = settingsOf('server').filter(({ name }) => !names(functions).has(name))
  const old = Object.entries(OLD_NAMES).map(([name, instead]) => `| \`${name}\` | ${instead} |`)
  return `<!-- Made from the settings by \`npm run configuration-docs\`. Do not edit. -->
# Configuration

Each process reads its environment once, at its start, and lists all problems at once. An empty value counts as none. Every time is in
milliseconds unless the unit says otherwise. \`runner/.env.example\`, \`functions/.env.example\` and
\`functions/.env.server.example\` have every variable with its default.

**Per tenant** names the field of a tenant's configuration that takes precedence. It changes while everything runs; the variable is the
value for tenants that do not name it.

## Runner and functions

Both need the same values.

${table(shared)}

## Runner

${table(without(runner))}

## Functions

${table(without(functions))}

## API server

The API as a server of its own (\`functions/src/server.ts\`) reads what the functions read, and this.

${table(beside)}

## Names of old

Variables of earlier systems. Nothing reads them; the log of a start says so when one is set.

| variable | what takes its place |
| --- | --- |
${old.join('\n')}
`
}

const WIDTH = 120

export function environmentExample(process: ProcessName): string {
  const head = [
    ...comment(`${PROCESSES[process].title} All of it is checked at the start, and every problem is reported at once.`),
    ...comment(
      'Made from the settings by `npm run configuration-docs`. Do not edit. docs/CONFIGURATION.md has the same as a table.',
    ),
  ]
  return `${[...head, ...settingsOf(process).flatMap(lines)].join('\n')}\n`
}

function lines(setting: Setting): string[] {
  const { name, description, unit, preset, isRequired, required, without, example } = setting
  const facts = [
    unit === '' ? '' : `In ${unit}.`,
    isRequired ? 'Required.' : '',
    required === null ? '' : `Required ${required}.`,
    without === null ? '' : `Without it: ${without}.`,
  ]
  const isSet = preset !== null || isRequired || required?.startsWith('unless') === true
  return ['', ...comment([description, ...facts].filter(Boolean).join(' ')), `${isSet ? '' : '#'}${name}=${preset ?? example}`]
}

/** Breaks a text into lines of a comment. */
function comment(text: string): string[] {
  const broken = [['']]
  for (const word of text.split(' ')) {
    const line = broken.at(-1) ?? []
    if (line.join(' ').length + word.length > WIDTH) broken.push([word])
    else line.push(word)
  }
  return broken.map((line) => `# ${line.join(' ').trim()}`)
}
