import { answerOf } from '@holdfast/client/client'
import { everySession } from '@holdfast/client/sessions'
import type { Backup } from '@holdfast/client/types'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { backupsOf } from '../health/snapshot.ts'
import type { Cell } from '../output/table.ts'
import { age, clock } from '../output/time.ts'

export const addBackups: AddCommands = (program, run) => {
  const backups = program.command('backups').description('list backups, prove that one opens, give one up')

  backups
    .command('list', { isDefault: true })
    .argument('[name]', 'a session; without it the number and the newest of each')
    .description('list the backups of a session, the newest first')
    .action(
      run(async (context, name) => {
        if (name !== undefined) {
          const found = await answerOf(context.api.GET('/api/sessions/{name}/backups', { params: { path: { name } } }))
          return context.show(found, () => backupLines(context, name, found))
        }
        const sums = await sumOfEach(context)
        context.show(sums, () => {
          const rows = sums.map(({ session, number, newestAt }): Cell[] => [
            session,
            number,
            clock(newestAt),
            age(newestAt, context.now),
          ])
          const columns = [
            { title: 'SESSION', least: 10 },
            { title: 'BACKUPS', align: 'right' as const },
            { title: 'NEWEST' },
            { title: 'AGE', align: 'right' as const },
          ]
          return sums.length === 0 ? ['There is no session.'] : context.rows(columns, rows)
        })
      }),
    )

  backups
    .command('verify')
    .argument('<name>', 'a session')
    .argument('[id]', 'a backup; without it the newest')
    .description('read a backup back, decrypt it, and replay what came after it')
    .action(
      run(async (context, name, given) => {
        const id = given ?? (await newestOf(context, name))
        context.progress.show('Reading it back …')
        const params = { path: { name, id } }
        const backup = await answerOf(context.api.POST('/api/sessions/{name}/backups/{id}/verify', { params }))
        const isGood = backup.verification?.state === 'good'
        context.show(backup, () => [
          `${id}: ${context.paint(isGood ? 'green' : 'red', isGood ? 'good' : `failed, ${backup.verification?.code ?? 'not verified'}`)}`,
        ])
        return isGood ? EXIT.ok : EXIT.failed
      }),
    )

  backups
    .command('delete')
    .argument('<name>', 'a session')
    .argument('<id>', 'a backup')
    .description('give a backup up; the daily clean-up removes it once two newer ones cover it')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (context, name, id, { yes }) => {
        await context.agree(`Give the backup ${id} of ${name} up? It cannot be brought back.`, yes)
        const backup = await answerOf(context.api.DELETE('/api/sessions/{name}/backups/{id}', { params: { path: { name, id } } }))
        context.show(backup, () => [`${id} will be removed.`])
      }),
    )
}

async function newestOf(context: Context, name: string): Promise<string> {
  const found = await answerOf(context.api.GET('/api/sessions/{name}/backups', { params: { path: { name } } }))
  return found.find(({ isStored }) => isStored)?.id ?? 'none'
}

async function sumOfEach(context: Context) {
  const sessions = await everySession(context.api)
  const sums = []
  for (const { name } of sessions) {
    context.progress.show(`Looking into ${name}, ${sums.length + 1} of ${sessions.length} …`)
    const found = await answerOf(context.api.GET('/api/sessions/{name}/backups', { params: { path: { name } } }))
    sums.push({ session: name, ...backupsOf(found) })
  }
  return sums
}

function backupLines(context: Context, name: string, backups: readonly Backup[]): string[] {
  if (backups.length === 0) return [`${name} has no backup yet. Make one: holdfast backup ${name}`]
  const rows = backups.map((backup): Cell[] => {
    const { id, at, bytes, why, note, isStored, verification } = backup
    const marks = [
      backup.isCurrent ? 'current' : null,
      backup.pinned ? 'pinned' : null,
      backup.removal === null ? null : 'given up',
    ].filter((mark) => mark !== null)
    const proof = isStored ? (verification?.state ?? 'good') : 'gone'
    return [
      id,
      clock(at),
      age(at, context.now),
      `${Math.ceil(bytes / 1024)} KiB`,
      { text: proof, colour: proof === 'good' ? 'green' : 'red' },
      [why, ...marks, note].filter(Boolean).join(', '),
    ]
  })
  const columns = [
    { title: 'BACKUP' },
    { title: 'MADE', isOptional: true as const },
    { title: 'AGE', align: 'right' as const },
    { title: 'SIZE', align: 'right' as const, isOptional: true as const },
    { title: 'READ BACK' },
    { title: 'WHAT', least: 10 },
  ]
  return context.rows(columns, rows)
}
