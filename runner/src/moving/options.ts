import { parseArgs } from 'node:util'
import { DEFAULT_TENANT, SESSION_NAME } from '@holdfast/core/session/ids'

export const USAGE = `Moves a session of another program in, without a QR code, and out again. docs/MOVING.md tells how.

  npm run move -- in --from PATH --session NAME    says what the source has, and changes nothing
  npm run move -- in --from PATH --session NAME --old-owner-is-stopped    moves it
  npm run move -- out --session NAME --to FOLDER    stops the session, and writes a folder that Baileys reads
  npm run move -- rebuild --all    after the loss of Firestore: says which sessions would be rebuilt, and changes nothing
  npm run move -- rebuild --all --old-owner-is-stopped    rebuilds them from their checkpoints. docs/BACKUP.md tells how.
  npm run move -- rebuild --all --firestore-is-from-a-backup --old-owner-is-stopped    the same for all sessions, after a restore of Firestore

  --from PATH            in: a folder of Baileys' useMultiFileAuthState or of WAHA NOWEB, a dump of WAHA NOWEB or Evolution, or a store
                         of whatsmeow (SQLite file or text dump)
  --creds PATH           in: the credentials, where they lie apart from the keys, as with Evolution
  --source-session NAME  in: the session's name in a dump with several; with whatsmeow its JID or number
  --session NAME         the name of the session here
  --tenant ID            its tenant (${DEFAULT_TENANT})
  --all                  rebuild: all sessions of the tenant of which Firestore knows nothing; without it the one of --session
  --firestore-is-from-a-backup    rebuild: also the sessions that Firestore has, because WhatsApp has seen what came after the backup
  --old-owner-is-stopped in: the program that had the session is stopped, and will not start again; rebuild: so are all runners of before
  --without-unreadable   in: leaves out keys that cannot be read
  --no-start             in: leaves the session stopped
  --to FOLDER            out: a new or empty folder
  --again                out: the session was exported before, and no program has used that export
  --json                 the result as one JSON object, the last line on stdout

It takes the configuration of a runner from the environment. Exit codes: 0 well, 1 refused or failed, 64 a wrong option.
`

/** An error about the command line. Its message is for the person who typed it. */
export class BadOption extends Error {}

interface Named {
  readonly tenant: string
  readonly session: string
  readonly json: boolean
}

export interface MoveInOptions extends Named {
  readonly verb: 'in'
  readonly from: string
  readonly creds: string | null
  readonly sourceSession: string | null
  readonly isOldOwnerStopped: boolean
  readonly withoutUnreadable: boolean
  readonly start: boolean
}

export interface MoveOutOptions extends Named {
  readonly verb: 'out'
  readonly to: string
  readonly again: boolean
}

export interface RebuildOptions {
  readonly verb: 'rebuild'
  readonly tenant: string
  /** Null: all. */
  readonly session: string | null
  readonly isOldOwnerStopped: boolean
  readonly isFirestoreOlder: boolean
  readonly json: boolean
}

/** Pure. Throws BadOption. */
export function parseOptions(args: readonly string[]): MoveInOptions | MoveOutOptions | RebuildOptions | 'help' {
  const { values, positionals } = read(args)
  if (values.help === true) return 'help'
  const [verb, ...more] = positionals
  if (more.length > 0 || (verb !== 'in' && verb !== 'out' && verb !== 'rebuild'))
    throw new BadOption('The first word is one of: in, out, rebuild.')
  const isOldOwnerStopped = values['old-owner-is-stopped'] ?? false
  const isFirestoreOlder = values['firestore-is-from-a-backup'] ?? false
  if (verb === 'rebuild' && values.all === true) {
    if (values.session !== undefined) throw new BadOption('One of --session and --all.')
    const [tenant, json] = [values.tenant ?? DEFAULT_TENANT, values.json ?? false]
    return { verb, tenant, session: null, isOldOwnerStopped, isFirestoreOlder, json }
  }
  const session = needed('--session', values.session)
  if (!SESSION_NAME.test(session))
    throw new BadOption('--session begins with a letter or digit and has at most 54 letters, digits, "-" and "_".')
  const named = { session, tenant: values.tenant ?? DEFAULT_TENANT, json: values.json ?? false }
  if (verb === 'rebuild') return { ...named, verb, isOldOwnerStopped, isFirestoreOlder }
  if (verb === 'out') return { ...named, verb, to: needed('--to', values.to), again: values.again ?? false }
  return {
    ...named,
    verb,
    from: needed('--from', values.from),
    creds: values.creds ?? null,
    sourceSession: values['source-session'] ?? null,
    isOldOwnerStopped,
    withoutUnreadable: values['without-unreadable'] ?? false,
    start: !(values['no-start'] ?? false),
  }
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS })
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new BadOption(`${sentence}. --help lists the options.`)
  }
}

function needed(option: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new BadOption(`${option} is missing. --help lists the options.`)
  return value
}

const OPTIONS = {
  from: { type: 'string' },
  creds: { type: 'string' },
  'source-session': { type: 'string' },
  session: { type: 'string' },
  tenant: { type: 'string' },
  'old-owner-is-stopped': { type: 'boolean' },
  'firestore-is-from-a-backup': { type: 'boolean' },
  'without-unreadable': { type: 'boolean' },
  'no-start': { type: 'boolean' },
  to: { type: 'string' },
  again: { type: 'boolean' },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const
