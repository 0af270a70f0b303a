import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, type Programs, type SecretKind, wordsOf } from '../resources/command.ts'
import { ROOT } from '../units/repository.ts'
import { type Ended, runProgram } from './run-program.ts'

/** What Google has just made is not known everywhere for up to two minutes. */
const PAUSES_MS = [2000, 5000, 10_000, 20_000, 40_000, 40_000]

/** gcloud waits without an end for a worker pool that does not become ready. No other command takes nearly as long, a build included. */
const WITHIN_MS = 40 * 60_000

/** A command that failed. The message ends with what the program wrote. */
export class CommandFailed extends Error {}

/** Writes the files that a command names. */
export function writeFiles({ files = {} }: Command): void {
  for (const [path, content] of Object.entries(files)) {
    const file = resolve(ROOT, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`)
  }
}

export interface Running {
  readonly programs: Programs
  /** Called before a command is tried again. */
  readonly onAgain?: (why: string, pauseMs: number) => void
  readonly pause?: (ms: number) => Promise<unknown>
  /** A command that takes longer is ended, and has failed. */
  readonly withinMs?: number
}

/** Runs a command in the root of the repository, again while Google does not know yet what was made before. Throws CommandFailed. */
export async function runCommand(
  command: Command,
  { programs, onAgain, pause = sleep, withinMs = WITHIN_MS }: Running,
): Promise<void> {
  writeFiles(command)
  const words = wordsOf(command, programs)
  const input = command.secret === undefined ? {} : { input: secretOf(command.secret) }
  for (const pauseMs of [...PAUSES_MS, null]) {
    const signal = AbortSignal.timeout(withinMs)
    const ended = await runProgram(words, { cwd: ROOT, signal, ...input })
    if (ended.code === 0) return
    const why = `${signal.aborted ? `It was still running after ${Math.round(withinMs / 60_000)} min. ` : ''}${reasonOf(ended)}`
    if (pauseMs === null || !isNotKnownYet(ended)) throw new CommandFailed(why)
    onAgain?.(why, pauseMs)
    await pause(pauseMs)
  }
}

/**
 * Pure: decides whether a failure is one that passes when Google has told all its parts of a new account, role, right or service. Rights that
 * the caller lacks are not among them.
 */
export const isNotKnownYet = ({ complaints }: Pick<Ended, 'complaints'>): boolean =>
  NOT_KNOWN_YET.some((words) => words.test(complaints))

const NOT_KNOWN_YET = [
  /Service account \S+ does not exist/i,
  /is not a member of/i,
  /has not been used in project .* before or it is disabled/i,
  /SERVICE_DISABLED/,
  /Cannot find metric/i,
  /There have been concurrent policy changes/i,
  // Rights of accounts that are not the caller's: those of a revision, of a service of Google, of a build.
  /Permission denied on secret: \S+ for Revision service account/i,
  /Permission denied on Cloud KMS key/i,
  /cloudkms\.cryptoKeyVersions\.\w+' denied/i,
  /holdfast-\w+@\S+ does not have \S+ access/i,
]

const LINES = 12

function reasonOf({ code, signal, output, complaints }: Ended): string {
  const end = signal === null ? `It ended with code ${code}.` : `It was ended by ${signal}.`
  // firebase-tools complain on their standard output.
  const told = (complaints.trim() || output.trim()).split('\n').slice(-LINES)
  return [end, ...told].join('\n').trim()
}

function secretOf(kind: SecretKind): string {
  switch (kind) {
    case 'hex of 24 bytes':
      return randomBytes(24).toString('hex')
    case 'base64 of 32 bytes':
      return randomBytes(32).toString('base64')
    case 'no secrets yet':
      return '{}'
  }
}

/** Runs commands one after the other. Returns why one failed, or null. */
export async function troubleWith(commands: readonly Command[], running: Running): Promise<string | null> {
  try {
    for (const command of commands) await runCommand(command, running)
    return null
  } catch (error) {
    if (error instanceof CommandFailed) return error.message
    throw error
  }
}
