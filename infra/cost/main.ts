import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BadOption, readWords } from '../command-line.ts'
import { BadEnvironment, parseEnvironment } from '../environment/environment.ts'
import { readEnvironment } from '../environment/environment-file.ts'
import { costLines, estimate } from './estimate.ts'
import { MESSAGES_A_DAY, type Load, type Shape } from './month.ts'
import { pageWith } from './page.ts'

const USAGE = `Says what a month of Holdfast on Google Cloud costs, from counted operations (infra/cost/counted.json) and list prices (prices.json).

  npm run cost -- --sessions N --messages M

  --sessions N        the number of sessions (50)
  --messages M        messages of one session in a day, sent and received together (${MESSAGES_A_DAY})
  --environment FILE  the size of the runners and the backups of an environment, not the defaults
  --json              the estimate as one JSON object
  --write             writes the tables of docs/COST.md instead

Exit codes: 0 well, 64 a wrong option or environment file.
`

const PAGE = join(import.meta.dirname, '../../docs/COST.md')

interface Bounds {
  readonly least: number
  readonly most: number
}

function wholeNumber(name: string, text: string | undefined, fallback: number, { least, most }: Bounds): number {
  if (text === undefined) return fallback
  const value = Number(text)
  if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value
  throw new BadOption(`--${name} is a whole number from ${least} to ${most}.`)
}

const OPTIONS = {
  sessions: { type: 'string' },
  messages: { type: 'string' },
  environment: { type: 'string' },
  json: { type: 'boolean' },
  write: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

const defaultShape = (): Shape => parseEnvironment({ v: 1, project: 'any-project' }, 'the defaults')

function main(args: readonly string[]): void {
  const { values } = readWords({ args: [...args], options: OPTIONS })
  if (values.help) return void process.stdout.write(USAGE)
  if (values.write) return writeFileSync(PAGE, pageWith(readFileSync(PAGE, 'utf8'), defaultShape()))
  const load: Load = {
    sessions: wholeNumber('sessions', values.sessions, 50, { least: 1, most: 10_000_000 }),
    messagesADay: wholeNumber('messages', values.messages, MESSAGES_A_DAY, { least: 0, most: 100_000 }),
  }
  const shape = values.environment === undefined ? defaultShape() : readEnvironment(values.environment)
  const lines = values.json ? [JSON.stringify(estimate(shape, load))] : costLines(shape, load)
  process.stdout.write(`${lines.join('\n')}\n`)
}

try {
  main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof BadOption || error instanceof BadEnvironment)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 64
}
