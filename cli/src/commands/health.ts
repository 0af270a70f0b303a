import { InvalidArgumentError } from '@commander-js/extra-typings'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { tell } from '../failure.ts'
import { healthDocument } from '../health/document.ts'
import { recommend } from '../health/recommendations.ts'
import { HealthReader, LOOKED_INTO } from '../health/snapshot.ts'
import { healthLines } from '../health/view.ts'
import { LiveChanges } from '../live-changes.ts'
import { redraw, withScreen } from '../output/screen.ts'
import { clock } from '../output/time.ts'

export const addHealth: AddCommands = (program, run) => {
  program
    .command('health')
    .description('show runners, sessions, records, backups, the queue, and what to do')
    .option('-w, --watch', 'show it again at each change, or every two seconds where the API tells of none, until Ctrl-C')
    .option('--details <number>', 'look into the records and backups of so many sessions', numberOf, LOOKED_INTO)
    .action(
      run(async (context, { watch, details }) => {
        const reader = new HealthReader(context, details)
        if (watch) return await watchHealth(context, reader)
        context.progress.show('Looking …')
        const seen = await look(context, reader)
        context.show(seen.document, () => seen.lines)
        return seen.code
      }),
    )
}

function numberOf(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It is a number from 0 to 9999.')
  return Number(text)
}

async function look(context: Context, reader: HealthReader) {
  const snapshot = await reader.read()
  const recommendations = recommend(snapshot, context.now)
  const { status } = snapshot.health
  const code: ExitCode = status === 'healthy' || status === 'degraded' ? EXIT.ok : EXIT.failed
  return {
    code,
    document: healthDocument(snapshot, recommendations),
    lines: healthLines(context, snapshot, recommendations),
  }
}

/** Shows the health until Ctrl-C. A look that fails is told, and the next one is made. */
async function watchHealth(context: Context, reader: HealthReader): Promise<ExitCode> {
  const changes = new LiveChanges(context)
  void changes.follow()
  await withScreen(context, async () => {
    for (;;) {
      const lines = await look(context, reader).then(
        ({ document, lines }) => {
          if (context.isJson) context.event({ at: new Date(context.now).toISOString(), ...document }, () => [])
          return lines
        },
        (error: unknown) => failureLines(context, error),
      )
      const at = clock(new Date(context.now).toISOString())
      const how = changes.isLive ? 'live' : 'again every 2 s'
      redraw(context, [...lines, '', context.paint('dim', `${at}, ${how}. Ctrl-C ends.`)])
      await changes.next(reader.requests)
    }
  })
  return EXIT.interrupted
}

function failureLines(context: Context, error: unknown): string[] {
  if (context.host.interrupted.aborted) throw error
  const told = tell(error, context.url)
  // A wrong key or a wrong address does not mend itself.
  if (told.exitCode !== EXIT.away && told.exitCode !== EXIT.failed) throw error
  if (context.isJson) context.event({ at: new Date(context.now).toISOString(), error: told }, () => [])
  return [context.paint('red', told.message), ...(told.advice === null ? [] : [told.advice])]
}
