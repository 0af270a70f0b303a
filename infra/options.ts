import { BadOption, readWords } from './command-line.ts'
import { RUN } from './verify/scratch.ts'

const ENVIRONMENT = 'infra/environments/production.json'
const FIREBASE = 'npx --yes firebase-tools@15.34.2'

export const USAGE = `Deploys Holdfast to Google Cloud, with gcloud and firebase-tools. docs/DEPLOY.md goes through it.

  npm run infra -- init       asks what to deploy, and writes the environment file
  npm run infra -- plan       what would change, by which commands, and what a month costs; exit code 2 when something would
  npm run infra -- apply      changes it; may be cut short and run again
  npm run infra -- roll       moves a large fleet to its newest revision, in watched steps; goes on where it stands
  npm run infra -- rotate API_KEY  gives callers a new key while the old one is still accepted; --finish ends that
  npm run infra -- doctor     what is wrong with what is deployed, and how to mend it
  npm run infra -- verify-live  shows on a real project what only that can show; docs/VERIFYING.md lists it
  npm run infra -- destroy    removes it, and keeps data unless told otherwise

  --environment FILE          the environment file (${ENVIRONMENT})
  --only TEXT                 only the resources (verify-live: the checks) whose names have this in them
  --sessions N                plan: the number of sessions to estimate (as many as the runners hold)
  --back                      roll: back to the revision before
  --finish                    rotate: ends the old key, when every caller has the new one
  --delete-data               destroy: removes database, checkpoints and secrets, too
  --yes                       verify-live: asks nothing
  --long                      verify-live: also what disturbs those who use the deployment
  --from-region               verify-live: measures latency in the region, too, by a job that is made for it
  --write                     verify-live: writes the result to docs/verified, as a page and as JSON
  --to FILE                   verify-live: writes it there
  --run NAME                  verify-live: the name of the run, instead of one by chance
  --clean NAME                verify-live: only removes what a run has left
  --firebase COMMAND          the firebase-tools to use (${FIREBASE})
  --json                      the result as one JSON object, the last line on stdout

Exit codes: 0 well, 1 failed, rolled back or something is wrong, 2 something to change, 130 stopped in a roll-out, 64 a wrong option or environment file.
`

const VERBS = ['init', 'plan', 'apply', 'roll', 'rotate', 'doctor', 'verify-live', 'destroy'] as const

export interface Options {
  readonly verb: (typeof VERBS)[number]
  readonly file: string
  readonly firebase: readonly string[]
  readonly only: string
  readonly sessions: number | undefined
  readonly withData: boolean
  /** A roll-out is taken back. */
  readonly back: boolean
  /** What `rotate` replaces. Empty for other verbs. */
  readonly secret: string
  /** A rotation is finished. */
  readonly finish: boolean
  readonly verify: VerifyWords
  readonly json: boolean
}

/** What only `verify-live` takes. */
interface VerifyWords {
  readonly isAgreed: boolean
  readonly withLong: boolean
  readonly fromRegion: boolean
  readonly write: boolean
  readonly to: string | undefined
  readonly run: string | undefined
  readonly clean: string | undefined
}

/** Pure. Throws BadOption. */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = readWords({ args: [...args], allowPositionals: true, options: OPTIONS })
  if (values.help) return 'help'
  const [first, ...more] = positionals
  const verb = VERBS.find((one) => one === first)
  if (verb === undefined || (more.length > 0 && verb !== 'rotate'))
    throw new BadOption(`The first word is one of: ${VERBS.join(', ')}.`)
  return {
    verb,
    file: values.environment ?? ENVIRONMENT,
    firebase: (values.firebase ?? FIREBASE).split(' '),
    only: values.only ?? '',
    sessions: values.sessions === undefined ? undefined : countOf(values.sessions),
    withData: values['delete-data'] ?? false,
    back: values.back ?? false,
    secret: secretOf(verb, more),
    finish: values.finish ?? false,
    verify: {
      isAgreed: values.yes ?? false,
      withLong: values.long ?? false,
      fromRegion: values['from-region'] ?? false,
      write: values.write ?? false,
      to: values.to,
      run: runOf('--run', values.run),
      clean: runOf('--clean', values.clean),
    },
    json: values.json ?? false,
  }
}

function secretOf(verb: Options['verb'], [secret = '', ...more]: readonly string[]): string {
  if (verb !== 'rotate' || (secret !== '' && more.length === 0)) return secret
  throw new BadOption('rotate takes the name of one secret: npm run infra -- rotate API_KEY.')
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new BadOption('--sessions is a whole number from 1 to 9999999.')
}

function runOf(option: string, name: string | undefined): string | undefined {
  if (name === undefined || RUN.test(name)) return name
  throw new BadOption(`${option} has 4 to 12 lower-case letters and digits.`)
}

const OPTIONS = {
  environment: { type: 'string' },
  only: { type: 'string' },
  sessions: { type: 'string' },
  'delete-data': { type: 'boolean' },
  back: { type: 'boolean' },
  finish: { type: 'boolean' },
  yes: { type: 'boolean' },
  long: { type: 'boolean' },
  'from-region': { type: 'boolean' },
  write: { type: 'boolean' },
  to: { type: 'string' },
  run: { type: 'string' },
  clean: { type: 'string' },
  firebase: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const
