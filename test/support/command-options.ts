import { parseArgs } from 'node:util'

/** An error about the options. Its message is for the user of the command line. */
export class BadOption extends Error {}

export interface NumberOption {
  readonly least: number
  readonly most: number
  /** The default. `random` draws a number below a million, for seeds. */
  readonly fallback: number | 'random'
}

/** Returns the option for a seed. A number as `fallback` makes runs without `--seed` repeatable. */
export const seedOption = (fallback: number | 'random'): NumberOption => ({ least: 0, most: 2 ** 32 - 1, fallback })

/** The options of a command, besides `--json` and `--help`, which every command has. */
export interface OptionList<Numbers extends string, Words extends string, Flags extends string> {
  /** The options with a whole number. */
  readonly numbers?: Readonly<Record<Numbers, NumberOption>>
  readonly words?: readonly Words[]
  readonly flags?: readonly Flags[]
}

export type OptionValues<Numbers extends string, Words extends string, Flags extends string> = Readonly<
  Record<Numbers, number> & Record<Words, string | undefined> & Record<Flags | 'json' | 'help', boolean>
>

/** @throws BadOption when an option is unknown or out of its bounds. */
export function readOptions<Numbers extends string = never, Words extends string = never, Flags extends string = never>(
  args: readonly string[],
  { numbers, words = [], flags = [] }: OptionList<Numbers, Words, Flags>,
): OptionValues<Numbers, Words, Flags> {
  const bounds = Object.entries<NumberOption>(numbers ?? {})
  const values = parse(args, [...bounds.map(([name]) => name), ...words], flags)
  const read = bounds.map(([name, bound]) => [name, numberOf(name, values[name], bound)])
  const switches = [...flags, 'json', 'help'].map((name) => [name, values[name] === true])
  return { ...values, ...Object.fromEntries(read), ...Object.fromEntries(switches) } as OptionValues<Numbers, Words, Flags>
}

/** @throws BadOption when the text is no whole number within the bounds. */
export function wholeNumber(name: string, text: string, { least, most }: Pick<NumberOption, 'least' | 'most'>): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new BadOption(`--${name} must be ${least} to ${most}.`)
}

/** @throws BadOption when the value is none of the choices. */
export function oneOf<Choice extends string>(
  name: string,
  value: string,
  choices: readonly Choice[],
  others: readonly string[] = [],
): Choice {
  const choice = choices.find((one) => one === value)
  if (choice === undefined) throw new BadOption(`--${name} must be one of: ${[...choices, ...others].join(', ')}.`)
  return choice
}

/** Runs a command and sets the exit code. A wrong option gives 2 and its message on stderr. */
export async function runCommand(main: (args: readonly string[]) => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof BadOption)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  }
}

function numberOf(name: string, given: unknown, { fallback, ...bounds }: NumberOption): number {
  if (typeof given === 'string') return wholeNumber(name, given, bounds)
  return fallback === 'random' ? Math.floor(Math.random() * 1_000_000) : fallback
}

function parse(
  args: readonly string[],
  texts: readonly string[],
  flags: readonly string[],
): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries([
    ...texts.map((name) => [name, { type: 'string' }] as const),
    ...[...flags, 'json'].map((name) => [name, { type: 'boolean' }] as const),
    ['help', { type: 'boolean', short: 'h' }] as const,
  ])
  try {
    return parseArgs({ args: [...args], options }).values as Record<string, string | boolean | undefined>
  } catch (error) {
    throw new BadOption(`${error instanceof Error ? error.message : String(error)}\n--help lists the options.`)
  }
}
