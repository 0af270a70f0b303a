import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { Context } from './context.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { tell } from './failure.ts'
import type { Host } from './host.ts'
import { plain } from './output/plain.ts'

/** The work of a command: it gets what the command line says, and returns an exit code, or nothing for success. */
export type Work<Given extends unknown[]> = (context: Context, ...given: Given) => Promise<ExitCode | undefined | void>

/** Makes the action of a command, with the context of that command line. */
export type Run = <Given extends unknown[]>(work: Work<Given>) => (...given: Given) => Promise<void>

/** Adds commands to the program. */
export type AddCommands = (program: CommandUnknownOpts, run: Run) => void

/** Runs the work of commands, tells what went wrong, and hands the exit code on. */
export function runnerFor(host: Host, onEnd: (code: ExitCode) => void): Run {
  return (work) =>
    async (...given) => {
      const command = given.at(-1) as CommandUnknownOpts
      const context = new Context(host, command.optsWithGlobals())
      try {
        const code = await work(context, ...given)
        context.progress.clear()
        onEnd(code ?? EXIT.ok)
      } catch (error) {
        context.progress.clear()
        onEnd(host.interrupted.aborted ? EXIT.interrupted : tellFailure(context, error))
      }
    }
}

/** Writes an error to stderr: lines for a person, one object for a program. */
function tellFailure(context: Context, error: unknown): ExitCode {
  const { host } = context
  const told = tell(error, context.url)
  if (context.isJson) {
    host.stderr.write(`${JSON.stringify({ error: told })}\n`)
    return told.exitCode
  }
  context.note(told.message)
  for (const detail of told.details) context.note(`  ${detail}`)
  if (told.advice !== null) context.note(told.advice)
  if (told.requestId !== null) context.note(`Request ${plain(told.requestId)}, ${told.status} ${told.code}.`)
  return told.exitCode
}
