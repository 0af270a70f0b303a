import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, type Programs, type SecretKind, wordsOf } from '../resources/command.ts'
import { ROOT } from '../units/repository.ts'
import { type Ended, runProgram } from './run-program.ts'

/** What Google has just made is not known everywhere for up to two minutes. */
const PAUSES_MS = [2000, 5000, 10_000, 20_000, 40_000, 40_000]

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
}

/** Runs a command in the root of the repository, again while Google does not know yet what was made before. Throws CommandFailed. */
export async function runCommand(command: Command, { programs, onAgain, pause = sleep }: Running): Promise<void> {
  writeFiles(command)
  const words = wordsOf(command, programs)
  const input = command.secret === undefined ? {} : { input: secretOf(command.secret) }
  for (const pauseMs of [...PAUSES_MS, null]) {
    const ended = await runProgram(words, { cwd: ROOT, ...input })
    if (ended.code === 0) return
    const why = reasonOf(ended)
    if (pauseMs === null || !isNotKnownYet(ended)) throw new CommandFailed(why)
    onAgain?.(why, pauseMs)
    await pause(pauseMs)
  }
}

/** Pure: decides whether a failure is one that passes when Google has told all its parts of a new account, role or service. */
export const isNotKnownYet = ({ complaints }: Pick<Ended, 'complaints'>): boolean =>
  /Service account \S+ does not exist|is not a member of|has not been used in project .* before or it is disabled|SERVICE_DISABLED|Cannot find metric|There have been concurrent policy changes/i.test(
    complaints,
  )

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
  }
}
