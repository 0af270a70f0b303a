import { answerOf } from '@holdfast/client/client'
import type { BackupProgress } from '@holdfast/client/types'
import type { Context } from './context.ts'

const LOOK_EVERY_MS = 1000

/** Waits for the end of a run over many sessions, and shows how far it is. */
export async function followRun(context: Context, what: 'backup' | 'restore', run: string): Promise<BackupProgress> {
  const params = { path: { run } }
  for (;;) {
    const progress = await answerOf(
      what === 'backup'
        ? context.api.GET('/api/backups/{run}', { params })
        : context.api.GET('/api/backups/restore/{run}', { params }),
    )
    if (progress.isComplete) return progress
    const { done, failed, total } = progress
    context.progress.show(`${what}: ${done + failed} of ${total}${failed === 0 ? '' : `, ${failed} failed`} …`)
    await context.pause(LOOK_EVERY_MS)
  }
}

export function runLines(context: Context, { run, done, failed, total, sessions }: BackupProgress): string[] {
  return [
    `${done} of ${total} done${failed === 0 ? '' : `, ${context.paint('red', `${failed} failed`)}`}. Run ${run}.`,
    ...sessions
      .filter(({ state }) => state !== 'done')
      .flatMap(({ session, state, result }) =>
        context.sentence(`${session}: ${state}${result === null ? '' : `, ${result.sentence}`}`, '  '),
      ),
  ]
}
