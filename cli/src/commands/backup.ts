import { answerOf } from '@holdfast/client/client'
import { showAction } from '../actions.ts'
import type { AddCommands } from '../command.ts'
import { followRun, runLines } from '../many-sessions.ts'
import { EXIT } from '../exit-codes.ts'
import { usage } from '../failure.ts'

export const addBackup: AddCommands = (program, run) => {
  program
    .command('backup')
    .argument('[name]', 'a session')
    .description('save the state of a session, or of all, and read it back')
    .option('--all', 'all sessions that are wanted online')
    .option('--note <text>', 'what it is for; stored in clear')
    .option('--pin', 'keep it until somebody removes it')
    .option('--no-wait', 'do not wait for the end')
    .action(
      run(async (context, name, { all, note, pin, wait }) => {
        const body = { pin: pin === true, ...(note === undefined ? {} : { note }) }
        if (name !== undefined) {
          if (all) throw usage('It is a session or --all.')
          const asked = await answerOf(context.api.POST('/api/sessions/{name}/backups', { params: { path: { name } }, body }))
          return await showAction(context, asked.action, wait)
        }
        if (!all) throw usage('Which one? Give a session, or --all.')
        let begun = await answerOf(context.api.POST('/api/backups', { body }))
        while (begun.left > 0) begun = await answerOf(context.api.POST('/api/backups', { body: { ...body, run: begun.run } }))
        if (!wait) return context.show(begun, () => [`Begun: run ${begun.run}.`])
        const ended = await followRun(context, 'backup', begun.run)
        context.show(ended, () => runLines(context, ended))
        return ended.failed === 0 ? EXIT.ok : EXIT.failed
      }),
    )
}
