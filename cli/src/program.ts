import { Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings'
import { runnerFor } from './command.ts'
import { addAlerts } from './commands/alerts.ts'
import { addAudit } from './commands/audit.ts'
import { addBackup } from './commands/backup.ts'
import { addBackups } from './commands/backups.ts'
import { addCleanup } from './commands/cleanup.ts'
import { addDoctor } from './commands/doctor.ts'
import { addDrill } from './commands/drill.ts'
import { addFailed } from './commands/failed.ts'
import { addHealth } from './commands/health.ts'
import { addKeys } from './commands/keys.ts'
import { addMoves } from './commands/move.ts'
import { addPair } from './commands/pair.ts'
import { addProfiles } from './commands/profiles.ts'
import { addPools } from './commands/pools.ts'
import { addPurge } from './commands/purge.ts'
import { addQueue } from './commands/queue.ts'
import { addRecover } from './commands/recover.ts'
import { addRecoveries } from './commands/recoveries.ts'
import { addRestore } from './commands/restore.ts'
import { addRotate } from './commands/rotate.ts'
import { addSend } from './commands/send.ts'
import { addSessions } from './commands/sessions.ts'
import { addTail } from './commands/tail.ts'
import { addTenants } from './commands/tenants.ts'
import { addWebhooks } from './commands/webhooks.ts'
import { addCompletion } from './completion.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { Host } from './host.ts'
import { VERSION } from './version.ts'

const GROUPS = [
  ['Look', [addHealth, addTail, addAlerts, addAudit, addDoctor, addDrill]],
  ['Sessions', [addSessions, addPair, addRecover, addRecoveries, addCleanup, addRotate, addPools, addPurge, addMoves]],
  ['Messages', [addSend, addQueue, addFailed, addWebhooks]],
  ['Backups', [addBackup, addBackups, addRestore]],
  ['Access', [addTenants, addKeys, addProfiles]],
] as const

const AFTER = `
Where the API is: HOLDFAST_URL, HOLDFAST_API_KEY and HOLDFAST_TENANT, or a profile (holdfast profiles add).
Exit codes: 0 done, 1 failed, 2 wrong command line, 3 refused by the API or not found, 4 no answer or busy.`

/** Makes the command line. `onEnd` gets the exit code of the command that ran. */
export function programFor(host: Host, onEnd: (code: ExitCode) => void): CommandUnknownOpts {
  const program = new Command('holdfast')
    .description('Looks after WhatsApp sessions that Holdfast keeps.')
    .version(VERSION, '-V, --version', 'print the version')
    .option('--json', 'print one JSON document, or one object a line for what goes on')
    .option('--url <address>', 'the address of the API')
    .option('--profile <name>', 'the stored address and key to use')
    .option('--tenant <id>', "for the operator's key: the tenant in which to act")
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .showHelpAfterError('Run it with --help for what it takes.')
    .addHelpText('after', AFTER)
  const run = runnerFor(host, onEnd)
  for (const [title, adds] of GROUPS) {
    program.commandsGroup(`${title}:`)
    for (const add of adds) add(program, run)
  }
  for (const command of program.commands) command.helpCommand(false)
  return program
}

/** Gives all commands the streams of the host, the width of its terminal, and errors instead of an end of the process. */
function settle(command: CommandUnknownOpts, host: Host): void {
  const width = host.stdout.columns ?? 100
  command.exitOverride()
  command.configureOutput({
    writeOut: (text) => host.stdout.write(text),
    writeErr: (text) => host.stderr.write(text),
    getOutHelpWidth: () => width,
    getErrHelpWidth: () => width,
    getOutHasColors: () => host.stdout.hasColours,
    getErrHasColors: () => host.stderr.hasColours,
    outputError: (text, write) => write(mistakeOf(command) ?? text),
  })
  for (const below of command.commands) {
    below.configureHelp(command.configureHelp())
    below.showHelpAfterError('Run it with --help for what it takes.')
    settle(below, host)
  }
}

/** A word that is no command falls to the default one of its group, which takes none: what is wrong is the word. */
function mistakeOf({ parent, registeredArguments, args }: CommandUnknownOpts): string | null {
  const [word] = parent?.args ?? []
  const names = parent?.commands.map((each) => each.name()) ?? []
  if (!parent?.parent || word === undefined || names.includes(word) || args.length <= registeredArguments.length) return null
  return `error: unknown command '${parent.name()} ${word}'. There are: ${names.join(', ')}.\n`
}

/** Runs one command line. Resolves with its exit code, whatever happens. */
export async function runHoldfast(args: readonly string[], host: Host): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok
  const program = programFor(host, (ended) => (code = ended))
  await addCompletion(program, args, host)
  settle(program, host)
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Help that was asked for ends with 0, help that stands in for a missing command is a wrong command line.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  }
  return code
}
